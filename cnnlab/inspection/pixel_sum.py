"""The sum behind one pixel of a feature map, down to the single multiplication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.common.text import with_minus
from cnnlab.errors import CnnlabError
from cnnlab.inspection.activations import Stage
from cnnlab.inspection.windows import POOLS, Window, pixelwise, slide_of
from cnnlab.models.modules.residual import Add


@dataclass(frozen=True)
class Step:
    """What a layer after the convolution makes of the number. value: after it; words: how."""

    layer: str
    value: float
    words: str


@dataclass(frozen=True)
class PixelSum:
    """How pixel (row, col) of `channel` of the convolution `layer` comes about.

    patches, kernel, products: float32 [I, kh, kw], I the input channels that its group looks at, numbered as in
    input_channels; padding counts as the value that it is (0 for zeros). value = sum of products + bias; measured is
    what the network gave there. then: the layers from there to the map that was clicked.
    """

    layer: str
    channel: int
    row: int
    col: int
    input_channels: tuple[int, ...]
    patches: np.ndarray
    kernel: np.ndarray
    bias: float
    measured: float
    source: str | None
    then: tuple[Step, ...]

    @property
    def products(self) -> np.ndarray:
        """patch × kernel, element by element."""
        return self.patches * self.kernel

    @property
    def channel_sums(self) -> np.ndarray:
        """The sum of the products of each input channel, float64 [I]."""
        return self.products.sum((1, 2), dtype=np.float64)

    @property
    def total(self) -> float:
        """The sum of all products."""
        return float(self.channel_sums.sum())

    @property
    def value(self) -> float:
        """Sum and bias: what the convolution puts into this pixel."""
        return self.total + self.bias


def behind(stages: Mapping[str, Stage], layer: str, channel: int, row: int, col: int) -> PixelSum:
    """The sum behind pixel (row, col) of map `channel` of `layer`, for the first image of the pass.

    From a ReLU, a batch norm or a pooling the way goes back to the convolution that feeds it, through a maximum to the
    pixel that won. Raises CnnlabError where no single convolution made the pixel.
    """
    then: list[Step] = []
    name: str | None = layer
    pixel = row, col
    while name is not None and (stage := stages.get(name)) is not None and stage.given.ndim == 4:
        if isinstance(stage.module, nn.Conv2d):
            return _sum(stage.module, stage, channel, pixel, tuple(reversed(then)))
        value = stage.given[0, channel][pixel].item()
        if isinstance(stage.module, POOLS):
            pixel, words = _largest(stage.module, stage.taken[0, channel], pixel)
        elif pixelwise(stage):
            words = _words(stage.module, stage.taken[0, channel][pixel].item(), value)
        else:
            break
        then.append(Step(name, value, words))
        name = stage.source
    raise CnnlabError(
        f"No single convolution makes this pixel of {layer}: choose a map of a convolution, or of a layer fed by one."
    )


def _sum(conv: nn.Conv2d, stage: Stage, channel: int, pixel: tuple[int, int], then: tuple[Step, ...]) -> PixelSum:
    window = slide_of(conv).behind(Window(*pixel, 1, 1))
    size = conv.weight.shape[1]
    first = channel // (conv.out_channels // conv.groups) * size
    return PixelSum(
        layer=stage.name,
        channel=channel,
        row=pixel[0],
        col=pixel[1],
        input_channels=tuple(range(first, first + size)),
        patches=_patch(conv, stage.taken[0, first : first + size], window).numpy(),
        kernel=conv.weight[channel].detach().numpy(),
        bias=0.0 if conv.bias is None else conv.bias[channel].item(),
        measured=stage.given[0, channel][pixel].item(),
        source=stage.source,
        then=then,
    )


def _patch(conv: nn.Conv2d, maps: Tensor, window: Window) -> Tensor:
    """The values that lie under the kernel, [I, kh, kw], cut from [I, H, W] padded where the window reaches out."""
    height, width = maps.shape[1:]
    bottom, right = window.row + window.height - height, window.col + window.width - width
    around = [max(0, margin) for margin in (-window.col, right, -window.row, bottom)]
    mode = "constant" if conv.padding_mode == "zeros" else conv.padding_mode
    padded = F.pad(maps[None], around, mode=mode)[0]
    top, left = window.row + around[2], window.col + around[0]
    down, across = conv.dilation
    return padded[:, top : top + window.height : down, left : left + window.width : across].clone()


def _largest(
    pool: nn.MaxPool2d | nn.AvgPool2d, map_below: Tensor, pixel: tuple[int, int]
) -> tuple[tuple[int, int], str]:
    """The largest pixel under a pooling's window, and what the pooling does with it, in words."""
    slide = slide_of(pool)
    window = slide.behind(Window(*pixel, 1, 1))
    height, width = map_below.shape
    rows = [r for r in range(window.row, window.row + window.height, slide.dilation[0]) if 0 <= r < height]
    cols = [c for c in range(window.col, window.col + window.width, slide.dilation[1]) if 0 <= c < width]
    values = map_below[torch.tensor(rows)][:, torch.tensor(cols)]
    best = divmod(int(values.argmax()), len(cols))
    count = values.numel()
    largest = isinstance(pool, nn.MaxPool2d)
    words = f"the largest of {count} pixels" if largest else f"the mean of {count} pixels, of which this is the largest"
    return (rows[best[0]], cols[best[1]]), words


def _words(module: nn.Module, before: float, after: float) -> str:
    if isinstance(module, nn.ReLU):
        return "positive, so it stays" if before > 0 else "not positive, so it becomes 0"
    if isinstance(module, nn.BatchNorm2d):
        return "shifted and scaled by batch norm"
    if isinstance(module, Add):
        return with_minus(f"{after - before:+.4f} from the block's shortcut")
    return type(module).__name__
