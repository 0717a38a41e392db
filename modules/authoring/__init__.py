"""Modules as their makers keep them: versions, packages, publishing."""
