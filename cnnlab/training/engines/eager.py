"""Steps operation by operation, as Python calls them."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor


class Eager:
    """Works on every device; needs no preparation."""

    def __init__(self, note: str = ""):
        """note: see Engine."""
        self.note = note

    def scalar(self, value: float) -> float:
        """The number itself."""
        return value

    def adopt(self, optimizer: torch.optim.Optimizer) -> None:
        """Leave it as it is."""

    def step(self, learn: Callable[[Tensor], Tensor], chosen: Tensor) -> Tensor:
        """learn(chosen)."""
        return learn(chosen)
