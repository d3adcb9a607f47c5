"""The sections of the drawing page."""
