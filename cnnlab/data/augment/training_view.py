"""Images as a network sees them in training: digits restyled or written anew, then moved, warped and erased."""

from __future__ import annotations

import torch
from torch import Tensor

from cnnlab.data.augment.digit_styles import add_digit_styles
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.augment.pen_digits import write_digits


def varied(
    images: Tensor,
    labels: Tensor,
    augmentation: Augmentation,
    generator: torch.Generator,
    *,
    forms: float = 0.0,
    written: float = 0.0,
) -> Tensor:
    """Images like float [N, C, H, W] in [0, 1] of the classes `labels` [N], varied at random by `generator`.

    forms: the fraction of 1s rewritten as in cnnlab.data.augment.digit_styles; written: the fraction of the images,
    the first ones, replaced as in cnnlab.data.augment.pen_digits; both 0 for any images but digits.
    """
    if forms:
        images = add_digit_styles(images, labels, forms, generator)
    if written:
        images = write_digits(images, labels, written, generator)
    return augmentation(images, generator)
