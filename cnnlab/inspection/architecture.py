"""A network as a picture needs it: its blocks from input to output, what each costs, and what each can see."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from torch import nn

from cnnlab.inspection.layer_summary import Layer, Stop, stops, summarize
from cnnlab.inspection.receptive_fields import Seen, Shortcut, sight

MOST_BLOCKS = 20  # in a picture that can be read; of deeper networks, those with maps of one size become one block
CONVOLUTION, POOLING, LINEAR, OTHER = "convolution", "pooling", "linear", "other"


@dataclass(frozen=True)
class Block:
    """Consecutive layers that give the same shape; a stop is one of them that works, with what follows it.

    In a deep network the number of maps may differ inside a block, and shape is that of its last stop.
    """

    stops: tuple[Stop, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """What it gives for one image."""
        return self.stops[-1].shape

    @property
    def parameters(self) -> int:
        """Of all its layers."""
        return sum(stop.parameters for stop in self.stops)


@dataclass(frozen=True)
class Architecture:
    """A network on images of one shape. seen: what each layer sees, by its name.

    The layers on shortcuts are in `layers` and in `seen`, but in no block.
    """

    image_shape: tuple[int, int, int]
    layers: tuple[Layer, ...]
    seen: Mapping[str, Seen]
    shortcuts: tuple[Shortcut, ...]

    @property
    def parameters(self) -> int:
        """Trainable values."""
        return sum(layer.parameters for layer in self.layers)

    @property
    def multiplications(self) -> int:
        """Multiply-adds for one image."""
        return sum(layer.multiplications for layer in self.layers)

    @property
    def depth(self) -> int:
        """Layers with weights on the way from input to output: convolutions and linear ones."""
        beside = {name for shortcut in self.shortcuts for name in shortcut.layers}
        return sum(role(layer) in (CONVOLUTION, LINEAR) for layer in self.layers if layer.name not in beside)

    @property
    def maps(self) -> list[str]:
        """The layers that work, and whose units have a place in the image."""
        mains = (stop.layers[0] for block in self.blocks[1:] for stop in block.stops)
        return [layer.name for layer in mains if len(layer.shape) == 3 and layer.name in self.seen]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        """From the input, which is the first, to the output."""
        beside = {name for shortcut in self.shortcuts for name in shortcut.layers}
        start, *way = stops([layer for layer in self.layers if layer.name not in beside], self.image_shape)
        found = _grouped(way, lambda stop: stop.shape)
        if len(found) > MOST_BLOCKS:
            found = _grouped(way, lambda stop: stop.shape[1:] or stop.shape)
        return (Block((start,)), *found)

    def place(self, name: str) -> tuple[int, int] | None:
        """(block, stop) where the layer `name` is drawn; the image itself is (0, 0), None for one on a shortcut."""
        if not name:
            return 0, 0
        for at, block in enumerate(self.blocks):
            for number, stop in enumerate(block.stops):
                if any(layer.name == name for layer in stop.layers):
                    return at, number
        return None


def _grouped(way: Sequence[Stop], by: Callable[[Stop], tuple[int, ...]]) -> list[Block]:
    return [Block(tuple(same)) for _, same in groupby(way, by)]


def study(model: nn.Module, image_shape: tuple[int, int, int]) -> Architecture:
    """The architecture of `model`, which may be an outline. Raises CnnlabError where such images do not fit it."""
    found = sight(model, image_shape)
    return Architecture(image_shape, tuple(summarize(model, image_shape)), found.seen, found.shortcuts)


def role(layer: Layer) -> str:
    """What sort of work a layer does."""
    kind = layer.kind.lower()
    if kind in (CONVOLUTION, LINEAR):
        return kind
    return POOLING if "pool" in kind else OTHER
