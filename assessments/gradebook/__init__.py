"""Results: the best attempt, the grade of the module, the teacher's class page."""
