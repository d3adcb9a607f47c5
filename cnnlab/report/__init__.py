"""A run as one HTML file that opens anywhere: what it measured, how it looks inside, how to make it again."""
