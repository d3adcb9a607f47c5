"""Builds a network without branches layer by layer, naming each layer and working out its input size."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import NamedTuple

from torch import nn

from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError
from cnnlab.models.build.common_options import ACTIVATIONS, AVERAGE, NONE, POOLINGS, Style
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.dropout import SeededDropout, SeededMapDropout
from cnnlab.models.modules.input_adapter import InputAdapter
from cnnlab.models.modules.normalize import Normalize


class Window(NamedTuple):
    """How a layer slides over maps, in pixels, the same in both directions."""

    kernel: int
    stride: int
    padding: int = 0


class SequentialBuilder:
    """Collects layers named conv1, bn1, relu1, pool1 …; shape is that of the last one's output, without the batch.

    Every method returns the builder, so that a network reads as one chain. Raises CnnlabError where the images are too
    small for a layer.
    """

    def __init__(self, images: ImageSpec):
        self._image_shape = tuple(images.shape)
        self.shape: tuple[int, ...] = self._image_shape
        self._layers: OrderedDict[str, nn.Module] = OrderedDict(normalize=Normalize(images.mean, images.std))

    def conv(
        self, channels: int, kernel: int, stride: int = 1, padding: int = 0, bias: bool = True
    ) -> SequentialBuilder:
        """A convolution."""
        layer = nn.Conv2d(self.shape[0], channels, kernel, stride, padding, bias=bias)
        return self._slide("conv", layer, channels, Window(kernel, stride, padding))

    def pool(self, kind: str = "max", kernel: int = 2, stride: int = 2) -> SequentialBuilder:
        """A pooling of common_options.POOLINGS."""
        return self._slide("pool", POOLINGS[kind](kernel, stride), self.shape[0], Window(kernel, stride))

    def norm(self, kind: str) -> SequentialBuilder:
        """Batch normalisation, or nothing for "none"."""
        if kind == NONE:
            return self
        return self.add("bn", {1: nn.BatchNorm1d, 3: nn.BatchNorm2d}[len(self.shape)](self.shape[0]))

    def act(self, kind: str) -> SequentialBuilder:
        """An activation of common_options.ACTIVATIONS, or nothing for "none"."""
        if kind == NONE:
            return self
        return self.add(kind.replace("-", "_"), ACTIVATIONS[kind]())

    def stages(self, channels: Sequence[int], kernel: int, padding: int, style: Style) -> SequentialBuilder:
        """For each of `channels` a convolution in this style, and a pooling that halves the maps."""
        for width in channels:
            self.conv(width, kernel, padding=padding).norm(style.normalisation).act(style.activation)
            self.pool(style.pooling)
        return self

    def drop(self, fraction: float) -> SequentialBuilder:
        """Dropout of single values."""
        return self.add("dropout", SeededDropout(fraction))

    def drop_maps(self, fraction: float) -> SequentialBuilder:
        """Dropout of whole maps."""
        return self.add("dropout", SeededMapDropout(fraction))

    def vector(self, head: str) -> SequentialBuilder:
        """Maps to a vector: flattened, or the average of each map."""
        channels, height, width = self.shape
        if head == AVERAGE:
            self.add("average", nn.AdaptiveAvgPool2d(1))
            height = width = 1
        self.add("flatten", nn.Flatten())
        self.shape = (channels * height * width,)
        return self

    def adaptive(self, size: int) -> SequentialBuilder:
        """Maps averaged to size × size, whatever they were."""
        self.add("average", nn.AdaptiveAvgPool2d(size))
        self.shape = (self.shape[0], size, size)
        return self

    def adapt(self, adapter: InputAdapter) -> SequentialBuilder:
        """Put `adapter` first, unless it changes nothing."""
        return self.add("adapter", adapter, adapter.out_shape) if adapter.changes else self

    def linear(self, outputs: int) -> SequentialBuilder:
        """A linear layer."""
        self.add("fc", nn.Linear(self.shape[0], outputs))
        self.shape = (outputs,)
        return self

    def add(self, name: str, layer: nn.Module, shape: tuple[int, ...] | None = None) -> SequentialBuilder:
        """Any layer, named `name` and its number among those of that name; `shape`: its output's, if that changes."""
        number = sum(known.rstrip("0123456789") == name for known in self._layers) + 1
        self._layers[f"{name}{number}"] = layer
        self.shape = shape or self.shape
        return self

    def numbered(self) -> nn.Sequential:
        """The whole network, with a number behind every name."""
        return nn.Sequential(self._layers)

    def network(self) -> nn.Sequential:
        """The whole network; a name that stands alone (flatten, fc) loses its number."""
        stems = [name.rstrip("0123456789") for name in self._layers]
        alone = {stem for stem in stems if stems.count(stem) == 1} - {"conv"}
        return nn.Sequential(
            OrderedDict(
                (stem if stem in alone else name, layer)
                for stem, (name, layer) in zip(stems, self._layers.items(), strict=True)
            )
        )

    def _slide(self, name: str, layer: nn.Module, channels: int, window: Window) -> SequentialBuilder:
        kernel, stride, padding = window
        sides = tuple((side + 2 * padding - kernel) // stride + 1 for side in self.shape[1:])
        if min(sides) < 1:
            raise CnnlabError(
                f"Images of {dimensions(self._image_shape[1:])} are too small for this network: before {name} "
                f"{kernel}×{kernel} only {self.shape[1]}×{self.shape[2]} is left; choose larger images or another one."
            )
        return self.add(name, layer, (channels, *sides))
