"""Proof that travels: achievements, awards, signed credentials, and checking anybody's."""
