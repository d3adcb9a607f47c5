"""The four views of the convolution page, one file each, over one bench where a window slides."""
