"""Where a layer's window lies: from one output pixel back to what it looks at in the layer's input."""

from __future__ import annotations

from typing import Any, NamedTuple

from torch import nn

from cnnlab.inspection.activations import Stage

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
    return slide_of(module) if isinstance(module, (nn.Conv2d, *POOLS)) else None


def slide_of(module: nn.Conv2d | nn.MaxPool2d | nn.AvgPool2d) -> Sliding:
    """How a convolution or a pooling slides."""
    kernel, stride, dilation = (_pair(getattr(module, name, 1)) for name in ("kernel_size", "stride", "dilation"))
    if module.padding == "same":
        padding = _pair([apart * (size - 1) // 2 for size, apart in zip(kernel, dilation, strict=True)])
    else:
        padding = (0, 0) if module.padding == "valid" else _pair(module.padding)
    return Sliding(kernel, stride, padding, dilation)


def pixelwise(stage: Stage) -> bool:
    """Whether each output pixel comes from the same pixel of the input: ReLU, batch norm, an addition."""
    same = stage.taken.shape == stage.given.shape
    return same and stage.given.ndim == 4 and sliding(stage.module) is None


def _pair(value: Any) -> tuple[int, int]:
    down, across = value if isinstance(value, (tuple, list)) else (value, value)
    return down, across
