"""The kernels of a network's convolutions."""

from __future__ import annotations

import numpy as np
from torch import nn


def convolutions(model: nn.Module) -> dict[str, nn.Conv2d]:
    """Every two-dimensional convolution by its name, in the order of the network's definition."""
    return {name: module for name, module in model.named_modules() if isinstance(module, nn.Conv2d)}


def weights(model: nn.Module, layer: str) -> np.ndarray:
    """A copy of the kernels of the convolution `layer`, float32 [out, in of its group, kh, kw]."""
    return convolutions(model)[layer].weight.detach().numpy().copy()


def in_words(conv: nn.Conv2d) -> str:
    """The weight's shape spelled out: "32 output channels, 16 input channels, 5 high, 5 wide"."""
    out, into, high, wide = conv.weight.shape
    words = f"{_count(out, 'output channel')}, {_count(into, 'input channel')}, {high} high, {wide} wide"
    return words if conv.groups == 1 else f"{words}, in {conv.groups} groups"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
