"""A2's network for its MNIST project."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.common_options import Style
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.registry import register


@register(
    "mnist-net",
    "A2's MNIST net: two 3×3 convolutions, two linear layers, dropout",
    "A2",
    common_options.channels(32, 64),
    common_options.hidden(128),
    common_options.dropout(0.25),
    common_options.normalisation(common_options.NONE),
    common_options.activation(),
    common_options.pooling(),
    common_options.head(),
)
def mnist_net(
    images: ImageSpec,
    *,
    channels: tuple[int, ...],
    hidden: int,
    dropout: float,
    **names: str,
) -> nn.Module:
    """[conv 3×3, ReLU, pool] with 32 and 64 channels; dropout; fc 128, ReLU, dropout; fc. 421,642 parameters."""
    style = Style(**names)
    builder = SequentialBuilder(images).stages(channels, 3, 1, style)
    builder.drop(dropout).vector(style.head).linear(hidden).act(style.activation).drop(dropout)
    return builder.linear(images.classes).network()
