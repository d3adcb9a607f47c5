"""A2's network for its MNIST project."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cnnlab.models import parts
from cnnlab.models.options import Whole, Wholes
from cnnlab.models.registry import register
from cnnlab.models.stack import Stack


@register(
    "mnist-net",
    "A2's MNIST net: two 3×3 convolutions, two linear layers, dropout",
    "A2",
    Wholes("channels", (32, 64), "output channels of each convolution", 1, 512, 1, 4),
    Whole("hidden", 128, "outputs of the first linear layer", 1, 4096),
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
    for wide in channels:
        stack.conv(wide, 3, padding=1).norm(normalisation).act(activation).pool(pooling)
    stack.drop(dropout).vector(head).linear(hidden).act(activation).drop(dropout)
    return stack.linear(classes).network()
