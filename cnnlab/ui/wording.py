"""What sentences call the images and channels of a network, and whether it reads drawings."""

from __future__ import annotations

from collections.abc import Sequence

from cnnlab.charts.palette import CHANNEL_NAMES
from cnnlab.data.dataset import noun
from cnnlab.data.datasets.mnist import CLASSES
from cnnlab.data.drawing.preprocessing import SIDE
from cnnlab.inspection.kernel_weights import convolutions
from cnnlab.runs.store import Checkpoint


def thing(network: Checkpoint) -> str:
    """What one of the network's images is called: "digit" or "image"."""
    return noun(network.classes)


def a_thing(network: Checkpoint) -> str:
    """`thing` with its article."""
    return {"digit": "a digit", "image": "an image"}[thing(network)]


def reads_drawings(network: Checkpoint) -> bool:
    """Whether the network takes what the draw page makes: the ten digits, 28×28, one channel."""
    return tuple(network.classes) == CLASSES and tuple(network.image_shape) == (1, SIDE, SIDE)


def size(shape: tuple[int, ...]) -> str:
    """An image's shape (C, H, W) in words, as in "28 × 28 with 1 colour channel"."""
    channels, height, width = shape
    return f"{height} × {width} with {channels} colour channel{'s' * (channels != 1)}"


def input_names(network: Checkpoint, layer: str, channels: Sequence[int]) -> list[str]:
    """What these input channels of the convolution `layer` are called: colours where they are the image's."""
    reads_image = layer == next(iter(convolutions(network.model)))
    coloured = reads_image and network.image_shape[0] == len(CHANNEL_NAMES)
    return [CHANNEL_NAMES[channel] if coloured else f"in {channel}" for channel in channels]
