"""Poolings by two whose values change little when the image shifts."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class BlurPool(nn.Module):
    """Maximum over 2×2 at every place, then a 3×3 binomial blur of which every second pixel is kept (Zhang 2019).

    Plain max pooling keeps every second maximum and forgets the others, so a shift by one pixel can change all of its
    values; the blur makes each kept pixel a mean that includes its neighbours.
    """

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] to [N, C, ⌈H/2⌉, ⌈W/2⌉]; the border is continued by repeating its last pixels."""
        channels = x.shape[1]
        dense = F.max_pool2d(F.pad(x, (0, 1, 0, 1), mode="replicate"), 2, stride=1)
        # filled on the device: copying a Python list there would make the CPU wait for the GPU
        line = torch.stack([x.new_full((), part) for part in (0.25, 0.5, 0.25)])
        blur = (line[:, None] * line).expand(channels, 1, 3, 3)
        return F.conv2d(F.pad(dense, (1, 1, 1, 1), mode="replicate"), blur, stride=2, groups=channels)


class PolyphasePool(nn.Module):
    """Maximum over 2×2 at every place, then of the four ways to keep every second pixel the one with the most energy.

    Adaptive polyphase sampling (Chaman & Dokmanic 2021): which pixels are kept follows the image, not the grid, so a
    circular shift of the input shifts the output and changes none of its values.
    """

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W], H and W even, to [N, C, H/2, W/2]; the border continues at the opposite side."""
        dense = F.max_pool2d(F.pad(x, (0, 1, 0, 1), mode="circular"), 2, stride=1)
        phases = torch.stack([dense[:, :, row::2, col::2] for row in (0, 1) for col in (0, 1)], 1)
        strongest = phases.square().sum((2, 3, 4)).argmax(1)
        # not len(x): an exported network would take no other number of images
        return phases[torch.arange(x.shape[0], device=x.device), strongest]
