"""Training: settings, steps, and the thread that runs them."""
