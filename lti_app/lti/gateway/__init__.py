"""The only door to pylti1p3, and what had to be corrected there."""
