"""Random numbers for each image of a batch, on the generator's device."""

from __future__ import annotations

import torch
from torch import Tensor


class Chance:
    """Draws for `count` images from `generator`."""

    def __init__(self, count: int, generator: torch.Generator):
        self._count, self._generator = count, generator

    def uniform(self, *shape: int) -> Tensor:
        """float [count, *shape] in 0..1."""
        return self._empty(shape).uniform_(generator=self._generator)

    def normal(self, *shape: int) -> Tensor:
        """float [count, *shape], of mean 0 and standard deviation 1."""
        return self._empty(shape).normal_(generator=self._generator)

    def _empty(self, shape: tuple[int, ...]) -> Tensor:
        return torch.empty(self._count, *shape, device=self._generator.device)
