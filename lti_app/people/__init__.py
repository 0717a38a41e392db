"""Organisations, persons, their identities and roles."""
