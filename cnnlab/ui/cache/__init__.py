"""What is worked out once for all tabs."""
