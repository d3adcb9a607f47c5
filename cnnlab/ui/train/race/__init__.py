"""The race on the training page: lining lanes up, what to break on purpose, and what is shown while they learn."""
