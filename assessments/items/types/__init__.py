"""The item types, one file each."""
