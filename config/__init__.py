"""What differs per installation. Imports nothing of ours."""
