"""The sections of the kernels page."""
