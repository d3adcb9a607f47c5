"""The views of the architectures page."""
