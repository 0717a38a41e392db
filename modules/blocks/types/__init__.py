"""The block types of this package, one file each."""
