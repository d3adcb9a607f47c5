"""The sections of the training page."""
