"""How this platform behaves: as the specification says, or as one known LMS does."""
