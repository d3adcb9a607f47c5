"""The four views of the convolution page, one file each, all drawn by one player of a sliding window."""
