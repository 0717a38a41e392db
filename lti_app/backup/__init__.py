"""A whole installation in one file, and back: database, sealed keys and pictures."""
