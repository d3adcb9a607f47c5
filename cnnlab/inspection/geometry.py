"""Where a layer's window lies: from one output pixel back to what it looks at."""

from __future__ import annotations

import math
from typing import NamedTuple

from torch import nn

from cnnlab.inspection.trace import IMAGE, Stage
from cnnlab.models.adapter import InputAdapter

POOLS = (nn.MaxPool2d, nn.AvgPool2d)


class Window(NamedTuple):
    """A rectangle of pixels; row and col may be negative or reach past the border, where padding is."""

    row: int
    col: int
    height: int
    width: int


class Sliding(NamedTuple):
    """How a window slides, each as (vertical, horizontal); padding is that before the first row and column."""

    kernel: tuple[int, int]
    stride: tuple[int, int]
    padding: tuple[int, int]
    dilation: tuple[int, int]

    def behind(self, window: Window) -> Window:
        """The rectangle of the input that a rectangle of the output looks at."""
        starts = [at * step - pad for at, step, pad in zip(window[:2], self.stride, self.padding, strict=True)]
        sizes = [
            (size - 1) * step + (kernel - 1) * apart + 1
            for size, step, kernel, apart in zip(window[2:], self.stride, self.kernel, self.dilation, strict=True)
        ]
        return Window(*starts, *sizes)


def sliding(module: nn.Module) -> Sliding | None:
    """How `module`, a convolution or a pooling, slides; None for any other layer."""
    if not isinstance(module, (nn.Conv2d, *POOLS)):
        return None
    kernel, stride, dilation = (_pair(getattr(module, name, 1)) for name in ("kernel_size", "stride", "dilation"))
    if module.padding == "same":
        padding = tuple(apart * (size - 1) // 2 for size, apart in zip(kernel, dilation, strict=True))
    else:
        padding = (0, 0) if module.padding == "valid" else _pair(module.padding)
    return Sliding(kernel, stride, padding, dilation)


def pixelwise(stage: Stage) -> bool:
    """Whether each output pixel comes from the same pixel of the input: ReLU, batch norm, an addition."""
    same = stage.taken.shape == stage.given.shape
    return same and stage.given.ndim == 4 and sliding(stage.module) is None


def receptive_field(stages: dict[str, Stage], layer: str, row: int, col: int) -> Window | None:
    """The part of the image that pixel (row, col) of the convolution or pooling `layer` can see.

    None where the way back is not a chain of single layers. Through a residual block it follows the branch, which sees
    all that its shortcut sees.
    """
    window, name = Window(row, col, 1, 1), layer
    while name != IMAGE:
        stage = stages.get(name)
        if stage is None:
            return None
        slide = sliding(stage.module)
        if slide:
            window = slide.behind(window)
        elif isinstance(stage.module, InputAdapter):
            window = _before_resizing(window, stage.taken.shape[2:], stage.given.shape[2:])
        elif not pixelwise(stage):
            return None
        name = stage.source
    return window


def _before_resizing(window: Window, small: tuple[int, int], large: tuple[int, int]) -> Window:
    """The pixels that a rectangle of a bilinearly resized image is mixed from."""
    edges = []
    for at, size, before, after in zip(window[:2], window[2:], small, large, strict=True):
        first, last = ((pixel + 0.5) * before / after - 0.5 for pixel in (at, at + size - 1))
        edges.append((math.floor(first), math.ceil(last)))
    (top, bottom), (left, right) = edges
    return Window(top, left, bottom - top + 1, right - left + 1)


def _pair(value: int | tuple[int, int]) -> tuple[int, int]:
    return tuple(value) if isinstance(value, (tuple, list)) else (value, value)
