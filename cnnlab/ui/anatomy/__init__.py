"""The sections of the anatomy page."""
