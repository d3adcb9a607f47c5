"""The views of the data page, one file each."""
