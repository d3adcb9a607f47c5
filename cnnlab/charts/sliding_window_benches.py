"""The benches of the convolution page: a convolution of one or several channels, and both poolings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlab.charts.mosaic import GREYS, diverging, fitting
from cnnlab.charts.sliding_window import POOLING, PRODUCTS, Grid, SlidingWindow, soft

INPUT, KERNEL = "input", "kernel"  # what an edit is reported as; with several channels followed by a space and the name
PICTURE = 14  # a side from which on values are drawn as pixels


def convolution(
    inputs: np.ndarray,
    kernel: np.ndarray,
    products: np.ndarray,
    channel_sums: np.ndarray,
    output: np.ndarray,
    setting: tuple[int, int, int],
    names: Sequence[str] = (),
    bias: float | None = None,
) -> SlidingWindow:
    """inputs [C, H, W] and kernel [C, kh, kw], with what they make: see cnnlab.inspection.convolution_steps.

    setting: (stride, padding, dilation); names: of the channels where there are several; bias: None for none.
    """
    picture = inputs.shape[1] >= PICTURE
    stride, padding, dilation = setting
    many = len(inputs) > 1
    images, slices = [], []
    for number, (image, weights) in enumerate(zip(inputs, kernel, strict=True)):
        suffix, first = f" {names[number]}" if many else "", number == 0
        title = f"input {_size(image)}" if first else ""
        edits = "" if picture else f"{INPUT}{suffix}"
        images.append(Grid(image, title, f"input{suffix}", GREYS if picture else soft(inputs), padding, edits, picture))
        title = f"kernel {_size(weights)}" if first else ""
        slices.append(Grid(weights, title, f"kernel{suffix}", soft(kernel), edits=f"{KERNEL}{suffix}"))
    return SlidingWindow(
        PRODUCTS,
        "A kernel sliding over its input",
        images,
        [_output(output, "output", picture)],
        (*kernel.shape[1:], stride, dilation),
        slices,
        products.reshape(-1, len(kernel), *kernel.shape[1:]),
        channel_sums.reshape(-1, len(kernel)),
        bias,
        names if many else ("",),
        shown=picture,
        start=int(np.abs(output).argmax()) if picture else 0,
        decimals=2 if picture else 4,
    )


def pooling(
    values: np.ndarray, rectified: np.ndarray | None, largest: np.ndarray, mean: np.ndarray, size: int, stride: int
) -> SlidingWindow:
    """Both poolings [h, w] of values [H, W], or of what ReLU left of them, under a window of size × size."""
    picture = values.shape[0] >= PICTURE
    scale = fitting(values, "") if picture else soft(values)
    inputs = [Grid(values, f"input {_size(values)}", "input", scale, edits="" if picture else INPUT, picture=picture)]
    if rectified is not None:
        inputs.append(Grid(rectified, "after ReLU", "after ReLU", scale, picture=picture))
    outputs = [
        Grid(each, f"{name} {_size(each)}", name, scale, picture=picture)
        for name, each in (("max", largest), ("average", mean))
    ]
    return SlidingWindow(
        POOLING,
        "A window sliding over its input, pooled in two ways",
        inputs,
        outputs,
        (size, size, stride, 1),
        shown=picture,
        start=int(largest.argmax()) if picture else 0,
        decimals=2 if picture else 4,
    )


def _output(values: np.ndarray, name: str, picture: bool) -> Grid:
    drawn = picture and min(values.shape) >= PICTURE // 2
    return Grid(
        values, f"{name} {_size(values)}", name, diverging(values, "") if drawn else soft(values), picture=drawn
    )


def _size(values: np.ndarray) -> str:
    return " × ".join(map(str, values.shape))
