"""Questions: their types, and how an answer to each is read and marked."""
