"""Scalars that change between steps: Python numbers, or tensors that a recorded step reads."""

from __future__ import annotations

from torch import Tensor


def set_scalar(scalar: float | Tensor, value: float) -> float | Tensor:
    """`scalar` set to `value`: a tensor in place, where a recorded step finds it; a number is replaced."""
    return scalar.fill_(value) if isinstance(scalar, Tensor) else value
