"""Measured claims: each module prints its table."""
