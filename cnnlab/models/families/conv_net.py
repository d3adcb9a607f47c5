"""A3's ConvNet, of any depth."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.registry import register


@register(
    "conv-net",
    "ConvNet: two 5×5 convolutions with few kernels, two linear layers",
    "A3",
    common_options.channels(4, 8, name="depth"),
    common_options.hidden(512),
    common_options.dropout(0.5),
    common_options.normalisation(common_options.NONE),
    common_options.activation(),
    common_options.pooling(),
    common_options.head(),
)
def conv_net(
    in_shape: tuple[int, int, int],
    classes: int,
    mean: Sequence[float],
    std: Sequence[float],
    depth: tuple[int, ...],
    hidden: int,
    dropout: float,
    normalisation: str,
    activation: str,
    pooling: str,
    head: str,
) -> nn.Module:
    """[conv 5×5, ReLU, pool] with 4 and 8 channels; fc 512, ReLU, dropout; fc. 207,258 parameters on MNIST.

    A3 feeds raw pixels, so the normalisation is the identity. Its log-softmax is part of the loss here.
    """
    planes = in_shape[0]
    stack = SequentialBuilder(in_shape, [0.0] * planes, [1.0] * planes)
    stack.stages(depth, 5, 2, normalisation, activation, pooling)
    stack.vector(head).linear(hidden).act(activation).drop(dropout)
    return stack.linear(classes).network()
