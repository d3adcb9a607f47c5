"""The four views of the shift page, one file each."""
