"""Demo organisations, people and modules; may be run twice."""
