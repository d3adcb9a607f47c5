"""The same images augmented several times, as a network sees them epoch after epoch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cnnlab.data.augment.digit_styles import add_digit_styles
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.augment.pen_digits import write_digits
from cnnlab.data.dataset import as_input


def variants(
    images: Tensor,
    labels: Tensor,
    augmentation: Augmentation,
    *,
    seed: int,
    times: int,
    forms: float = 0.0,
    written: float = 0.0,
) -> np.ndarray:
    """uint8 [N, C, H, W] varied `times` times: float32 [times, N, C, H, W] in [0, 1]; one seed, one result.

    forms: the fraction of 1s rewritten as in cnnlab.data.augment.digit_styles; written: the fraction of the images,
    the first ones, replaced as in cnnlab.data.augment.pen_digits; both 0 for any images but digits.
    """
    generator = torch.Generator().manual_seed(seed)
    varied = []
    for _ in range(times):
        drawn = as_input(images)
        if forms:
            drawn = add_digit_styles(drawn, labels, forms, generator)
        if written:
            drawn = write_digits(drawn, labels, written, generator)
        varied.append(augmentation(drawn, generator).clamp(0, 1))
    return torch.stack(varied).numpy()
