"""What a network answers to every image of a data set."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab import models
from cnnlab.data.dataset import Dataset


@dataclass(frozen=True)
class Predictions:
    """logits: float32 [N, K]; labels: int64 [N]; classes: K names."""

    logits: np.ndarray
    labels: np.ndarray
    classes: tuple[str, ...]

    @cached_property
    def probabilities(self) -> np.ndarray:
        """Softmax of the logits, float32 [N, K]."""
        return torch.from_numpy(self.logits).softmax(1).numpy()

    @cached_property
    def predicted(self) -> np.ndarray:
        """The most probable class of each image, int64 [N]."""
        return self.logits.argmax(1)

    @cached_property
    def finite(self) -> bool:
        """False for a network whose training has run away: its answers are no numbers and mean nothing."""
        return bool(np.isfinite(self.logits).all())

    @cached_property
    def confidence(self) -> np.ndarray:
        """The probability of each image's predicted class, float32 [N], 0..1."""
        return np.minimum(self.probabilities[np.arange(len(self.labels)), self.predicted], 1)

    @cached_property
    def right(self) -> np.ndarray:
        """Whether each answer is right, bool [N]."""
        return self.predicted == self.labels

    @property
    def accuracy(self) -> float:
        """Fraction of right answers, 0..1."""
        return int((self.predicted == self.labels).sum()) / len(self.labels)

    @property
    def loss(self) -> float:
        """Mean cross-entropy in nats."""
        return F.cross_entropy(torch.from_numpy(self.logits), torch.from_numpy(self.labels)).item()

    @property
    def per_class(self) -> list[tuple[str, int, int]]:
        """(class, right answers, images) for each class, in their order."""
        right = self.predicted == self.labels
        return [
            (name, int(right[self.labels == k].sum()), int((self.labels == k).sum()))
            for k, name in enumerate(self.classes)
        ]

    @property
    def confusion(self) -> np.ndarray:
        """int64 [K, K]: how often true class (row) was answered as predicted class (column)."""
        count = len(self.classes)
        # scikit-learn's confusion_matrix gives the same in 2.4 ms instead of 0.02, and refuses a set without images
        return np.bincount(self.labels * count + self.predicted, minlength=count**2).reshape(count, count)


def predict(model: nn.Module, data: Dataset) -> Predictions:
    """Answers of `model` to all images of `data`, computed on the CPU in big batches."""
    return Predictions(models.logits_of(model, data.images).numpy(), data.labels.numpy(), data.classes)
