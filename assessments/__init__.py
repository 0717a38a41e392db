"""What a learner proved, and what they receive for it."""
