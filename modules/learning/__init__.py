"""Learning: starting, going on, recording, finishing a module."""
