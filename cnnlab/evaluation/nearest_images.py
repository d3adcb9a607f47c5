"""The images of a set that are most like another one, pixel by pixel."""

from __future__ import annotations

import torch
from torch import Tensor

AT_ONCE = 4_096  # images turned into floating-point numbers


def nearest(image: Tensor, images: Tensor, count: int) -> Tensor:
    """Indices int64 [count] of the `images`, uint8 [N, C, H, W], nearest to uint8 [C, H, W] in Euclidean distance."""
    wanted = image.flatten().float()
    distances = torch.cat([(part.flatten(1).float() - wanted).square_().sum(1) for part in images.split(AT_ONCE)])
    return distances.topk(min(count, len(images)), largest=False).indices
