"""Convolution and pooling step by step: every patch, every product and every sum, in plain numpy."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from cnnlab.errors import CnnlabError


class Setting(NamedTuple):
    """How a window slides, alike in both directions, in pixels; dilation 1 leaves no gaps between its cells."""

    stride: int = 1
    padding: int = 0
    dilation: int = 1


PLAIN = Setting()


@dataclass(frozen=True)
class Convolution:
    """One output channel with everything that led to it.

    padded: [C, H + 2p, W + 2p]; products: [h, w, C, kh, kw], patch times kernel at each of the h·w steps;
    channel_sums: [h, w, C]; output: [h, w], the channel sums added up, plus the bias.
    """

    padded: np.ndarray
    products: np.ndarray
    channel_sums: np.ndarray
    output: np.ndarray
    bias: float


@dataclass(frozen=True)
class Pooling:
    """patches: [h, w, k, k], what lay under the window at each step; largest and mean: [h, w]."""

    patches: np.ndarray
    largest: np.ndarray
    mean: np.ndarray


def output_size(size: int, kernel: int, setting: Setting = PLAIN) -> int:
    """floor((n + 2p − d(k − 1) − 1) / s) + 1: how often the kernel fits along a side of `size` pixels.

    Raises CnnlabError where it does not fit once, or where a number makes no sense.
    """
    stride, padding, dilation = setting
    for name, value, least in (("stride", stride, 1), ("padding", padding, 0), ("dilation", dilation, 1)):
        if value < least:
            raise CnnlabError(f"The {name} is {value}: it must be at least {least}.")
    if kernel < 1:
        raise CnnlabError(f"The kernel is {kernel} wide: it must be at least 1.")
    span, room = dilation * (kernel - 1) + 1, size + 2 * padding
    if span > room:
        apart = f" at dilation {dilation}" if dilation > 1 else ""
        around = f" with padding {padding} on either side" if padding else ""
        remedy = "a smaller dilation, " if dilation > 1 else ""
        raise CnnlabError(
            f"A kernel of {kernel}{apart} spans {span} pixels, but the input has only {room}{around}: "
            f"choose {remedy}a smaller kernel, a larger input or more padding."
        )
    return (room - span) // stride + 1


def convolve(inputs: np.ndarray, kernel: np.ndarray, setting: Setting = PLAIN, bias: float = 0.0) -> Convolution:
    """What one kernel [C, kh, kw] makes of `inputs` [C, H, W], as torch does it: zeros around, kernel not turned.

    Raises CnnlabError where the kernel does not fit.
    """
    stride, padding, dilation = setting
    sides = [output_size(size, width, setting) for size, width in zip(inputs.shape[1:], kernel.shape[1:], strict=True)]
    padded = np.pad(inputs.astype(float), ((0, 0), (padding, padding), (padding, padding)))
    span = [dilation * (width - 1) + 1 for width in kernel.shape[1:]]
    windows = sliding_window_view(padded, span, axis=(1, 2))[:, ::stride, ::stride, ::dilation, ::dilation]
    products = windows.transpose(1, 2, 0, 3, 4) * kernel
    assert products.shape[:2] == tuple(sides)
    channel_sums = products.sum((3, 4))
    return Convolution(padded, products, channel_sums, channel_sums.sum(2) + bias, bias)


def pool(values: np.ndarray, size: int, stride: int) -> Pooling:
    """Largest value and mean under a window of size × size sliding over [H, W].

    Raises CnnlabError where it does not fit.
    """
    for side in values.shape:
        output_size(side, size, Setting(stride))
    patches = sliding_window_view(values.astype(float), (size, size))[::stride, ::stride]
    return Pooling(patches, patches.max((2, 3)), patches.mean((2, 3)))


def relu(values: np.ndarray) -> np.ndarray:
    """What is negative becomes 0."""
    return np.maximum(values, 0)
