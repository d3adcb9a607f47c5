"""Residual networks: A2's, the one of fifty layers, and a small one for digits."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.build import common_options
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.input_adapter import InputAdapter, size_option
from cnnlab.models.modules.normalize import Normalize
from cnnlab.models.modules.residual import BLOCKS
from cnnlab.models.options import Option, Wholes, Word
from cnnlab.models.registry import register

IMAGENET, SMALL = "7x7", "3x3"


@dataclass(frozen=True)
class Blocks:
    """The stem and, for each group of blocks, its channels and how many blocks it has. Raises CnnlabError otherwise."""

    widths: tuple[int, ...]
    depths: tuple[int, ...]
    block: str
    stem: str

    def __post_init__(self):
        if len(self.widths) != len(self.depths):
            raise CnnlabError(
                f"Options widths {list(self.widths)} and depths {list(self.depths)} differ in length: each group of "
                "blocks needs one of each."
            )


def _options(widths: tuple[int, ...], depths: tuple[int, ...], block: str, stem: str) -> tuple[Option, ...]:
    return (
        Wholes(
            "widths",
            widths,
            "channels of each group of blocks (bottlenecks: a quarter of them)",
            low=1,
            high=1024,
            fewest=1,
            most=5,
        ),
        Wholes("depths", depths, "blocks in each group", low=1, high=50, fewest=1, most=5),
        Word("block", block, "what a block consists of", tuple(BLOCKS)),
        Word("stem", stem, "first layers: 7×7 with stride 2 and a pooling, or one 3×3", (IMAGENET, SMALL)),
        common_options.dropout(0.0),
    )


def _resnet(images: ImageSpec, blocks: Blocks, dropout: float, adapter: InputAdapter | None = None) -> nn.Module:
    make = BLOCKS[blocks.block]
    layers: OrderedDict[str, nn.Module] = OrderedDict(normalize=Normalize(images.mean, images.std))
    channels = images.shape[0]
    if adapter:
        channels = adapter.out_shape[0]
        if adapter.changes:
            layers["adapter"] = adapter
    layers |= _stem(channels, blocks.widths[0], blocks.stem)
    channels = blocks.widths[0]
    for group, (width, depth) in enumerate(zip(blocks.widths, blocks.depths, strict=True), 1):
        for number in range(depth):
            stride = 2 if group > 1 and number == 0 else 1
            layers[f"block{group}_{number + 1}"] = make(channels, width, stride)
            channels = width * make.expansion
    layers["average"] = nn.AdaptiveAvgPool2d(1)
    layers["flatten"] = nn.Flatten()
    if dropout:
        layers["dropout"] = SeededDropout(dropout)
    layers["fc"] = nn.Linear(channels, images.classes)
    return nn.Sequential(layers)


def start_convolutions(network: nn.Module) -> None:
    """Initialise the convolutions so that gradients keep their size on the way back through many blocks (He 2015)."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def _stem(channels: int, width: int, stem: str) -> dict[str, nn.Module]:
    if stem == SMALL:
        conv = nn.Conv2d(channels, width, 3, padding=1, bias=False)
        return {"conv": conv, "bn": nn.BatchNorm2d(width), "relu": nn.ReLU()}
    conv = nn.Conv2d(channels, width, 7, stride=2, padding=3, bias=False)
    return {"conv": conv, "bn": nn.BatchNorm2d(width), "relu": nn.ReLU(), "pool": nn.MaxPool2d(3, 2, 1)}


@register(
    "resnet",
    "ResNet of eight basic blocks, 64 to 256 channels",
    "A2, He 2015",
    size_option(0, 0),
    *_options((64, 128, 192, 256), (2, 2, 2, 2), "basic", IMAGENET),
    made_for=((3, 224, 224), 1000),
    start=start_convolutions,
)
def resnet(images: ImageSpec, *, size: int, dropout: float, **blocks: Any) -> nn.Module:
    """Stem 7×7 stride 2 and pool; 2, 2, 2, 2 basic blocks of 64, 128, 192, 256 channels; average; fc.

    4,446,632 parameters with 1000 classes, 4,192,202 with 10. Grey images become three equal channels.
    """
    return _resnet(images, Blocks(**blocks), dropout, InputAdapter(images.shape, size))


@register(
    "resnet-50",
    "ResNet-50: sixteen bottleneck blocks",
    "A2, He 2015",
    size_option(224, 0),
    *_options((64, 128, 256, 512), (3, 4, 6, 3), "bottleneck", IMAGENET),
    made_for=((3, 224, 224), 1000),
    start=start_convolutions,
)
def resnet_50(images: ImageSpec, *, size: int, dropout: float, **blocks: Any) -> nn.Module:
    """Stem 7×7 stride 2 and pool; 3, 4, 6, 3 bottlenecks; average; fc. 25,557,032 parameters with 1000 classes."""
    return _resnet(images, Blocks(**blocks), dropout, InputAdapter(images.shape, size))


@register(
    "residual-net",
    "A small residual network for digits",
    "A4",
    *_options((16, 32, 64), (1, 1, 1), "basic", SMALL),
    start=start_convolutions,
)
def residual_net(images: ImageSpec, *, dropout: float, **blocks: Any) -> nn.Module:
    """Stem 3×3; one basic block each of 16, 32, 64 channels; average; fc. 77,754 parameters on MNIST."""
    return _resnet(images, Blocks(**blocks), dropout)
