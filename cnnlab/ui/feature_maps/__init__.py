"""The sections of the feature maps page."""
