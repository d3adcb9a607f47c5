"""A4's networks: the one it starts with, that one repaired, and the improved one."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.options import Number, Wholes
from cnnlab.models.registry import register

Shape, Floats = tuple[int, int, int], Sequence[float]
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
    in_shape: Shape,
    classes: int,
    mean: Floats,
    std: Floats,
    channels: tuple[int, ...],
    hidden: int,
    activation: str,
    pooling: str,
) -> nn.Module:
    """[conv 5×5 without padding, ReLU, pool] with 10 and 20 channels; fc 50; fc. 21,840 parameters on MNIST.

    Two linear layers in a row can say no more than one could.
    """
    stack = SequentialBuilder(in_shape, mean, std).stages(channels, 5, 0, common_options.NONE, activation, pooling)
    return stack.vector(common_options.FLATTEN).linear(hidden).linear(classes).network()


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
    in_shape: Shape,
    classes: int,
    mean: Floats,
    std: Floats,
    channels: tuple[int, ...],
    hidden: int,
    dropout: float,
    normalisation: str,
    activation: str,
    pooling: str,
    head: str,
) -> nn.Module:
    """digit-net with ReLU and dropout 0.5 after its first linear layer. 21,840 parameters on MNIST."""
    stack = SequentialBuilder(in_shape, mean, std).stages(channels, 5, 0, normalisation, activation, pooling)
    stack.vector(head).linear(hidden).act(activation).drop(dropout)
    return stack.linear(classes).network()


@register(
    "improved-net",
    "A4's improved network: four 3×3 convolutions with batch normalisation and dropout",
    "A4",
    Wholes("channels", (32, 64), "output channels of each pair of convolutions", 1, 512, 1, 4),
    common_options.hidden(256),
    common_options.dropout(0.5),
    Number("map_dropout", 0.25, "share of whole maps dropped after each pooling while training", 0, 0.95),
    common_options.normalisation(common_options.BATCH),
    common_options.activation(),
    common_options.pooling(),
    common_options.head(),
)
def improved_net(
    in_shape: Shape,
    classes: int,
    mean: Floats,
    std: Floats,
    channels: tuple[int, ...],
    hidden: int,
    dropout: float,
    map_dropout: float,
    normalisation: str,
    activation: str,
    pooling: str,
    head: str,
) -> nn.Module:
    """[conv 3×3, BN, ReLU] twice with 32 and twice with 64 channels, each pair with pool and dropout of maps; fc 256
    with BN, ReLU and dropout; fc. 871,530 parameters on MNIST.
    """  # noqa: D205
    stack = SequentialBuilder(in_shape, mean, std)
    for wide in channels:
        for _ in range(2):
            stack.conv(wide, 3, padding=1).norm(normalisation).act(activation)
        stack.pool(pooling).drop_maps(map_dropout)
    stack.vector(head).linear(hidden).norm(normalisation).act(activation).drop(dropout)
    return stack.linear(classes).network()
