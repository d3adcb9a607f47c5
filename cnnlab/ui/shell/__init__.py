"""What stands around every page: entrance, sidebar, style, warm-up."""
