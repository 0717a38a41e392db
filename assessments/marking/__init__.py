"""Marking: from answers to marks."""
