"""The same images augmented several times, as a network sees them epoch after epoch."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.augment.training_view import varied
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

    forms, written: see cnnlab.data.augment.training_view.
    """
    generator = torch.Generator().manual_seed(seed)
    drawn = as_input(images)
    rows = [varied(drawn, labels, augmentation, generator, forms=forms, written=written) for _ in range(times)]
    return torch.stack(rows).clamp(0, 1).numpy()
