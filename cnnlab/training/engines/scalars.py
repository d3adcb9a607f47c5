"""Numbers that change from step to step."""

from __future__ import annotations

from torch import Tensor


def set_scalar(dial: float | Tensor, value: float) -> float | Tensor:
    """`dial` standing at `value`: a tensor is filled in place, where a recorded step finds it; a number is replaced."""
    return dial.fill_(value) if isinstance(dial, Tensor) else value
