"""What is taught, and how far a learner got."""
