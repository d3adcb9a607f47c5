"""A4's networks: the one it starts with, that one repaired, and the improved one."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.common_options import Style
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.options import Number, Wholes
from cnnlab.models.registry import register

CHANNELS, HIDDEN = common_options.channels(10, 20, most=2), common_options.hidden(50)


@register(
    "digit-net",
    "A4's first network, with its flaw: nothing between the two linear layers",
    "A4",
    CHANNELS,
    HIDDEN,
    common_options.activation(),
    common_options.pooling(),
)
def digit_net(
    images: ImageSpec,
    *,
    channels: tuple[int, ...],
    hidden: int,
    **names: str,
) -> nn.Module:
    """[conv 5×5 without padding, ReLU, pool] with 10 and 20 channels; fc 50; fc. 21,840 parameters on MNIST.

    Two linear layers in a row can say no more than one could.
    """
    builder = SequentialBuilder(images).stages(channels, 5, 0, Style(**names))
    return builder.vector(common_options.FLATTEN).linear(hidden).linear(images.classes).network()


@register(
    "digit-net-repaired",
    "A4's first network with ReLU and dropout between its linear layers",
    "A4",
    CHANNELS,
    HIDDEN,
    common_options.dropout(0.5),
    common_options.normalisation(common_options.NONE),
    common_options.activation(),
    common_options.pooling(),
    common_options.head(),
)
def digit_net_repaired(
    images: ImageSpec,
    *,
    channels: tuple[int, ...],
    hidden: int,
    dropout: float,
    **names: str,
) -> nn.Module:
    """digit-net with ReLU and dropout 0.5 after its first linear layer. 21,840 parameters on MNIST."""
    style = Style(**names)
    builder = SequentialBuilder(images).stages(channels, 5, 0, style)
    builder.vector(style.head).linear(hidden).act(style.activation).drop(dropout)
    return builder.linear(images.classes).network()


@register(
    "improved-net",
    "A4's improved network: four 3×3 convolutions with batch normalisation and dropout",
    "A4",
    Wholes("channels", (32, 64), "output channels of each pair of convolutions", low=1, high=512, fewest=1, most=4),
    common_options.hidden(256),
    common_options.dropout(0.5),
    Number("map_dropout", 0.25, "share of whole maps dropped after each pooling while training", low=0, high=0.95),
    common_options.normalisation(common_options.BATCH),
    common_options.activation(),
    common_options.pooling(),
    common_options.head(),
)
def improved_net(
    images: ImageSpec,
    *,
    channels: tuple[int, ...],
    hidden: int,
    dropout: float,
    map_dropout: float,
    **names: str,
) -> nn.Module:
    """[conv 3×3, BN, ReLU] twice with 32 and twice with 64 channels, each pair with pool and dropout of maps; fc 256
    with BN, ReLU and dropout; fc. 871,530 parameters on MNIST.
    """  # noqa: D205
    style = Style(**names)
    builder = SequentialBuilder(images)
    for width in channels:
        for _ in range(2):
            builder.conv(width, 3, padding=1).norm(style.normalisation).act(style.activation)
        builder.pool(style.pooling).drop_maps(map_dropout)
    builder.vector(style.head).linear(hidden).norm(style.normalisation).act(style.activation).drop(dropout)
    return builder.linear(images.classes).network()
