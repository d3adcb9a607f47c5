"""Dropout whose randomness belongs to the network, not to the process."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SeededDropout(nn.Module):
    """torch.nn.Dropout with a private generator.

    torch's CPU generator is shared by all threads, so a page that draws a random number would change a training run
    beside it. `seed(n)` makes the masks repeatable.
    """

    def __init__(self, p: float):
        super().__init__()
        self.p = p
        self._seed = 0
        self._generator: torch.Generator | None = None

    def seed(self, seed: int) -> None:
        """Restart the sequence of masks from `seed`."""
        self._seed, self._generator = seed, None

    def go_on(self, state: Tensor, device: torch.device) -> None:
        """Continue the sequence of masks on `device` from the state of a generator there, uint8."""
        self._generator = torch.Generator(device)
        self._generator.set_state(state)

    @property
    def generator(self) -> torch.Generator | None:
        """Where the masks come from; None before the first one."""
        return self._generator

    def forward(self, x: Tensor) -> Tensor:
        """While training, each value is zeroed with probability p and the others scaled by 1/(1-p)."""
        if not self.training or self.p == 0:
            return x
        if self._generator is None or self._generator.device != x.device:
            self._generator = torch.Generator(x.device).manual_seed(self._seed)
        keep = self._mask(x).bernoulli_(1 - self.p, generator=self._generator)
        return x * keep.div_(1 - self.p)

    def _mask(self, x: Tensor) -> Tensor:
        return torch.empty_like(x)

    def extra_repr(self) -> str:
        """As torch.nn.Dropout prints itself."""
        return f"p={self.p}"


class SeededMapDropout(SeededDropout):
    """torch.nn.Dropout2d in the same way: a feature map is kept whole or dropped whole."""

    def _mask(self, x: Tensor) -> Tensor:
        return x.new_empty(*x.shape[:2], 1, 1)
