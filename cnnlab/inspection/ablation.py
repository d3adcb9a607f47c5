"""A network with some of its kernels switched off."""

from __future__ import annotations

import copy
from collections.abc import Collection, Mapping
from typing import NamedTuple

import torch
from torch import Tensor, nn

from cnnlab import models
from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import Dataset
from cnnlab.models.hooks import hookable_copy

BATCH = 100  # in channels-last order larger ones leave the caches


class RightCounts(NamedTuple):
    """Right answers by class: right and total are int64 [K] as lists."""

    right: list[int]
    total: list[int]

    @property
    def fractions(self) -> list[float]:
        """Fraction of right answers of each class, 0..1; 0 where there is no image of it."""
        return [right / max(1, total) for right, total in zip(self.right, self.total, strict=True)]

    @property
    def accuracy(self) -> float:
        """Fraction of all answers that are right, 0..1."""
        return sum(self.right) / sum(self.total)


def ablated(model: nn.Module, silent: Mapping[str, Collection[int]]) -> nn.Module:
    """A network like `model` in which the output channels silent[layer] of each convolution are 0 everywhere.

    The same as setting their weights and biases to zero, without touching a weight: tensors are shared with `model`.
    """
    twin = hookable_copy(model)
    for layer, channels in silent.items():
        dark = torch.tensor(sorted(channels), dtype=torch.long)
        twin.get_submodule(layer).register_forward_hook(
            lambda _module, _inputs, output, dark=dark: output.index_fill(1, dark, 0.0)
        )
    return twin


def count_right(model: nn.Module, data: Dataset) -> RightCounts:
    """How many images of each class `model` classifies correctly."""
    quick = copy.deepcopy(model).to(memory_format=torch.channels_last)  # twice as fast on a CPU
    with one_thread():
        predicted = models.logits_of(quick, data.images, BATCH).argmax(1)
    count = len(data.classes)
    right = torch.bincount(data.labels[predicted == data.labels], minlength=count)
    return RightCounts(right.tolist(), torch.bincount(data.labels, minlength=count).tolist())


def probabilities(model: nn.Module, image: Tensor) -> list[float]:
    """Class probabilities of one image, uint8 [C, H, W]."""
    with one_thread():
        return models.logits_of(model, image[None])[0].softmax(0).tolist()
