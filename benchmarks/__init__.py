"""Measured claims: each module prints its table."""

import cnnlab  # noqa: F401  (sets how threads wait, before torch is loaded)
