"""Data sets: generated for one learner, printed, and keyed from what was printed."""
