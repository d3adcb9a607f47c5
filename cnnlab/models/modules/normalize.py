"""Normalisation as the first layer, so that every network takes raw images in [0, 1]."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn


class Normalize(nn.Module):
    """(x - mean) / std per channel, float [N, C, H, W]; mean and std are buffers and travel in the checkpoint.

    changes: whether it was made with a mean and a std that change anything; a checkpoint loaded since may have others.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, mean: Sequence[float], std: Sequence[float]):
        super().__init__()
        self.changes = any(mean) or any(each != 1 for each in std)
        self.register_buffer("mean", torch.tensor(mean, dtype=torch.float32).view(-1, 1, 1))
        self.register_buffer("std", torch.tensor(std, dtype=torch.float32).view(-1, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images of the same shape."""
        return (x - self.mean) / self.std
