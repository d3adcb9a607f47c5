"""A window sliding over grids of numbers, in a convolution or in pooling: what to draw, step by step.

cnnlab.ui.convolution.window_player draws it.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, NamedTuple

import numpy as np

from cnnlab.charts.mosaic import GREYS, Scale, diverging, fitting

SOFT = 2.7  # numbers are read off their cells, so the colours stay this much paler than in a picture
PRODUCTS, POOLING = "products", "pooling"
INPUT, KERNEL = "input", "kernel"  # what an edit is reported as; with several channels followed by a space and the name
PICTURE = 14  # pixels: a side from which on values are drawn as a picture, not as numbers


class Window(NamedTuple):
    """What slides: its size in cells, the pixels a step goes, and the pixels from one of its cells to the next."""

    rows: int
    columns: int
    stride: int
    dilation: int = 1


@dataclass(frozen=True)
class ConvolutionSteps:
    """A convolution worked out: inputs [C, H, W] and kernel [C, kh, kw] make one output [h, w].

    products: [h, w, C, kh, kw]; channel_sums: [h, w, C]; stride, padding and dilation in pixels; names: of the channels
    where there are several; bias: None for none. cnnlab.inspection.convolution_steps works them out.
    """

    inputs: np.ndarray
    kernel: np.ndarray
    products: np.ndarray
    channel_sums: np.ndarray
    output: np.ndarray
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    names: Sequence[str] = ()
    bias: float | None = None


@dataclass(frozen=True)
class Grid:
    """Numbers [H, W] in cells.

    name: what a screen reader calls a cell's number; padding: rings of zeros drawn around; edits: what an edit of a
    cell is reported as, "" where cells cannot be edited; picture: many values, drawn as pixels without numbers.
    """

    values: np.ndarray
    title: str
    name: str
    scale: Scale
    _: KW_ONLY
    padding: int = 0
    edits: str = ""
    picture: bool = False

    def payload(self) -> dict[str, Any]:
        """As JSON, values as base64 of little-endian float32."""
        return {
            "rows": self.values.shape[0],
            "cols": self.values.shape[1],
            "values": _base64(self.values),
            "title": self.title,
            "name": self.name,
            "scale": _scale(self.scale),
            "padding": self.padding,
            "edits": self.edits,
            "picture": self.picture,
        }


@dataclass(frozen=True)
class SlidingWindow:
    """Inputs, the window's content at each step, and the outputs that it fills.

    kind PRODUCTS: the window slides over all inputs at once, input c is multiplied with kernels[c], and the products
    [steps, C, kh, kw], their channel_sums [steps, C] and the bias make the one output. kind POOLING: the window slides
    over the last input and fills two outputs, the largest value and the mean.
    channels: the inputs' names where there are several; shown: whether the outputs are filled from the beginning;
    start: the first step; decimals: of the numbers in cells; label: what it shows, for those who cannot see it.
    """

    kind: str
    label: str
    inputs: Sequence[Grid]
    outputs: Sequence[Grid]
    window: Window
    _: KW_ONLY
    kernels: Sequence[Grid] = ()
    products: np.ndarray | None = None
    channel_sums: np.ndarray | None = None
    bias: float | None = None
    channels: Sequence[str] = ("",)
    shown: bool = False
    start: int = 0
    decimals: int = 4

    def payload(self) -> dict[str, Any]:
        """Everything as JSON."""
        products = np.zeros(0) if self.products is None else self.products
        return {
            "kind": self.kind,
            "label": self.label,
            "inputs": [grid.payload() for grid in self.inputs],
            "outputs": [grid.payload() for grid in self.outputs],
            "kernels": [grid.payload() for grid in self.kernels],
            "window": list(self.window),
            "products": _base64(products),
            "productScale": _scale(soft(products)),
            "channelSums": _base64(np.zeros(0) if self.channel_sums is None else self.channel_sums),
            "bias": self.bias,
            "channels": list(self.channels),
            "shown": self.shown,
            "start": self.start,
            "decimals": self.decimals,
        }


def convolution(steps: ConvolutionSteps) -> SlidingWindow:
    """A kernel sliding over its inputs, every product and sum of it."""
    inputs, kernel, output = steps.inputs, steps.kernel, steps.output
    picture = inputs.shape[1] >= PICTURE
    many = len(inputs) > 1
    images, slices = [], []
    for number, (image, weights) in enumerate(zip(inputs, kernel, strict=True)):
        suffix, first = f" {steps.names[number]}" if many else "", number == 0
        images.append(
            Grid(
                image,
                f"input {_size(image)}" if first else "",
                f"input{suffix}",
                GREYS if picture else soft(inputs),
                padding=steps.padding,
                edits="" if picture else f"{INPUT}{suffix}",
                picture=picture,
            )
        )
        title = f"kernel {_size(weights)}" if first else ""
        slices.append(Grid(weights, title, f"kernel{suffix}", soft(kernel), edits=f"{KERNEL}{suffix}"))
    drawn = picture and min(output.shape) >= PICTURE // 2
    scale = diverging(output, "") if drawn else soft(output)
    return SlidingWindow(
        PRODUCTS,
        "A kernel sliding over its input",
        images,
        [Grid(output, f"output {_size(output)}", "output", scale, picture=drawn)],
        Window(kernel.shape[1], kernel.shape[2], steps.stride, steps.dilation),
        kernels=slices,
        products=steps.products.reshape(-1, *kernel.shape),
        channel_sums=steps.channel_sums.reshape(-1, len(kernel)),
        bias=steps.bias,
        channels=steps.names if many else ("",),
        shown=picture,
        start=int(np.abs(output).argmax()) if picture else 0,
        decimals=2 if picture else 4,
    )


def pooling(
    values: np.ndarray, rectified: np.ndarray | None, largest: np.ndarray, mean: np.ndarray, size: int, stride: int
) -> SlidingWindow:
    """Max pooling and average pooling, [h, w] each, of values [H, W], or of what ReLU left of them.

    size: side of the window; stride: how far a step goes; both in pixels.
    """
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
        Window(size, size, stride),
        shown=picture,
        start=int(largest.argmax()) if picture else 0,
        decimals=2 if picture else 4,
    )


def soft(values: np.ndarray) -> Scale:
    """White at zero, pale enough for black numbers at both ends."""
    scale = diverging(values if values.size else np.zeros(1), "")
    return Scale(SOFT * scale.low, SOFT * scale.high, scale.colours)


def _size(values: np.ndarray) -> str:
    return " × ".join(map(str, values.shape))


def _scale(scale: Scale) -> dict[str, Any]:
    return {"low": scale.low, "high": scale.high, "colours": scale.colours}


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
