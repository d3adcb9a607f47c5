"""The laboratory without a browser, one file a group of commands."""
