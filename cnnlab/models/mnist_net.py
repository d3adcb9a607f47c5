"""A2's network for its MNIST project."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cnnlab.models import parts
from cnnlab.models.registry import register
from cnnlab.models.stack import Stack


@register(
    "mnist-net",
    "A2's MNIST net: two 3×3 convolutions, two linear layers, dropout",
    "A2",
    parts.channels(32, 64),
    parts.hidden(128),
    parts.dropout(0.25),
    parts.normalisation(parts.NONE),
    parts.activation(),
    parts.pooling(),
    parts.head(),
)
def mnist_net(
    in_shape: tuple[int, int, int],
    classes: int,
    mean: Sequence[float],
    std: Sequence[float],
    channels: tuple[int, ...],
    hidden: int,
    dropout: float,
    normalisation: str,
    activation: str,
    pooling: str,
    head: str,
) -> nn.Module:
    """[conv 3×3, ReLU, pool] with 32 and 64 channels; dropout; fc 128, ReLU, dropout; fc. 421,642 parameters."""
    stack = Stack(in_shape, mean, std)
    stack.stages(channels, 3, 1, normalisation, activation, pooling)
    stack.drop(dropout).vector(head).linear(hidden).act(activation).drop(dropout)
    return stack.linear(classes).network()
