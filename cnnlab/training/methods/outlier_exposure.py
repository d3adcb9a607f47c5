"""Outlier exposure: shown what belongs to no class too, a network learns to favour none (Hendrycks et al. 2019).

Without it a network is as sure of a letter as of a digit: it never saw anything else.
"""

from __future__ import annotations

from torch import Tensor
from torch.nn import functional as F

WEIGHT = 0.2  # of the outliers in the loss


def evenness_loss(logits: Tensor) -> Tensor:
    """Cross-entropy, mean over the images, of the answers to logits [N, classes] with one that favours no class."""
    return -F.log_softmax(logits, 1).mean()
