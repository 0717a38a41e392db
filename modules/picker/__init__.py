"""Choosing which module a place in a course opens."""
