"""The network that learns MNIST in seconds."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.options import Wholes
from cnnlab.models.registry import register


@register(
    "fast-net",
    "FastNet: a first convolution with stride 2, pooling before batch normalisation",
    "cnnlab",
    Wholes("channels", (8, 32, 64), "output channels of each convolution", low=1, high=512, fewest=2, most=4),
)
def fast_net(images: ImageSpec, *, channels: tuple[int, ...]) -> nn.Module:
    """conv 5×5 stride 2, BN, ReLU; [conv 3×3, max pooling, BN, ReLU]; conv 3×3, BN, ReLU; fc. 52,514 parameters.

    The first convolution skips every second place instead of computing all and pooling: a quarter of the work where
    maps are largest. Pooled first, normalisation and ReLU have a quarter of theirs.
    """
    first, *pooled, last = channels
    builder = (
        SequentialBuilder(images).conv(first, 5, stride=2, padding=2, bias=False).norm(common_options.BATCH).act("relu")
    )
    for width in pooled:
        builder.conv(width, 3, padding=1, bias=False).pool().norm(common_options.BATCH).act("relu")
    builder.conv(last, 3, padding=1, bias=False).norm(common_options.BATCH).act("relu")
    return builder.vector(common_options.FLATTEN).linear(images.classes).network()
