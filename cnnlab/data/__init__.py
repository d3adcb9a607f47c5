"""Data sets as uint8 tensors, their splits, and drawings prepared as MNIST was made."""
