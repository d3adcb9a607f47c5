"""The five views of the confusion page, one file each."""
