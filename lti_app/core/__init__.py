"""The kernel: knows no domain word."""
