"""The network that learns MNIST in seconds."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from cnnlab.models import parts
from cnnlab.models.options import Wholes
from cnnlab.models.registry import register
from cnnlab.models.stack import Stack


@register(
    "fast-net",
    "FastNet: pooling before batch normalisation, one linear layer",
    "cnnlab",
    Wholes("channels", (12, 32, 64), "output channels of each convolution", 1, 512, 2, 4),
)
def fast_net(
    in_shape: tuple[int, int, int], classes: int, mean: Sequence[float], std: Sequence[float], channels: tuple[int, ...]
) -> nn.Module:
    """[conv, max pooling, BN, ReLU] with 12 and 32 channels; conv 64, BN, ReLU; fc. 53,774 parameters on MNIST.

    The first convolution is 5×5, the others 3×3. Pooled first, normalisation and ReLU have a quarter of the work.
    """
    *pooled, last = channels
    stack = Stack(in_shape, mean, std)
    for number, wide in enumerate(pooled):
        kernel = 3 if number else 5
        stack.conv(wide, kernel, padding=kernel // 2, bias=False).pool().norm(parts.BATCH).act("relu")
    stack.conv(last, 3, padding=1, bias=False).norm(parts.BATCH).act("relu")
    return stack.vector(parts.FLATTEN).linear(classes).network()
