"""Numbers that change from step to step."""

from __future__ import annotations

from torch import Tensor


def set_scalar(scalar: float | Tensor, value: float) -> float | Tensor:
    """`scalar` set to `value`: a tensor in place, where a recorded step finds it; a number is replaced."""
    return scalar.fill_(value) if isinstance(scalar, Tensor) else value
