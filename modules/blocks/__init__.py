"""Block types: what a module page can hold."""
