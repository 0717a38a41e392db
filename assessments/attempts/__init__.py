"""Attempts: start, save, hand in."""
