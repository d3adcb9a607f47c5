"""A window sliding over grids of numbers: what to draw, for what draws it (cnnlab.ui.convolution.window_player)."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from cnnlab.charts.mosaic import Scale, diverging

SOFT = 2.7  # numbers are read off their cells, so the colours stay this much paler than in a picture
PRODUCTS, POOLING = "products", "pooling"


@dataclass(frozen=True)
class Grid:
    """Numbers [H, W] in cells.

    name: what a cell's number is called aloud; padding: rings of zeros drawn around; edits: what an edit of a cell is
    reported as, "" where cells cannot be edited; picture: many values, drawn as pixels without numbers.
    """

    values: np.ndarray
    title: str
    name: str
    scale: Scale
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
    channels: the inputs' names where there are several.
    window: (rows, columns, stride, dilation); shown: whether the outputs are filled from the beginning; start: the
    first step; decimals: of the numbers in cells; label: what it shows, for those who cannot see it.
    """

    kind: str
    label: str
    inputs: Sequence[Grid]
    outputs: Sequence[Grid]
    window: tuple[int, int, int, int]
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


def soft(values: np.ndarray) -> Scale:
    """White at zero, pale enough for black numbers at both ends."""
    scale = diverging(values if values.size else np.zeros(1), "")
    return Scale(SOFT * scale.low, SOFT * scale.high, scale.colours)


def _scale(scale: Scale) -> dict[str, Any]:
    return {"low": scale.low, "high": scale.high, "colours": scale.colours}


def _base64(values: np.ndarray) -> str:
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode()
