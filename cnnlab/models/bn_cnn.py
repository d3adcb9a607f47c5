"""A1's network: batch normalisation after each convolution."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cnnlab.models import parts
from cnnlab.models.registry import register
from cnnlab.models.stack import Stack


@register(
    "bn-cnn",
    "Two 5×5 convolutions with batch normalisation, one linear layer",
    "A1",
    parts.channels(16, 32),
    parts.normalisation(parts.BATCH),
    parts.activation(),
    parts.pooling(),
    parts.head(),
)
def bn_cnn(
    in_shape: tuple[int, int, int],
    classes: int,
    mean: Sequence[float],
    std: Sequence[float],
    channels: tuple[int, ...],
    normalisation: str,
    activation: str,
    pooling: str,
    head: str,
) -> nn.Module:
    """[conv 5×5, BN, ReLU, pool] with 16 and 32 channels; fc. 29,034 parameters on MNIST."""
    stack = Stack(in_shape, mean, std)
    stack.stages(channels, 5, 2, normalisation, activation, pooling)
    return stack.vector(head).linear(classes).network()
