"""The same images augmented several times, as a network sees them epoch after epoch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cnnlab.data.augment.digit_styles import add_digit_styles
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.dataset import as_input


def variants(
    images: Tensor, labels: Tensor, augmentation: Augmentation, forms: float, seed: int, times: int
) -> np.ndarray:
    """uint8 [N, C, H, W] varied `times` times: float32 [times, N, C, H, W] in [0, 1]; one seed, one result.

    forms: the fraction of 1s rewritten as in cnnlab.data.augment.digit_styles; 0 for any images but digits.
    """
    generator = torch.Generator().manual_seed(seed)
    varied = []
    for _ in range(times):
        drawn = as_input(images)
        if forms:
            drawn = add_digit_styles(drawn, labels, forms, generator)
        varied.append(augmentation(drawn, generator).clamp(0, 1))
    return torch.stack(varied).numpy()
