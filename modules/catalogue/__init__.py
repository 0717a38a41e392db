"""The public catalogue of modules, and their pictures."""
