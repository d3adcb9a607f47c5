"""A3's ConvNet, of any depth."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.common_options import Style
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
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
    images: ImageSpec,
    *,
    depth: tuple[int, ...],
    hidden: int,
    dropout: float,
    **names: str,
) -> nn.Module:
    """[conv 5×5, ReLU, pool] with 4 and 8 channels; fc 512, ReLU, dropout; fc. 207,258 parameters on MNIST.

    A3 feeds raw pixels, so the normalisation is the identity. Its log-softmax is part of the loss here.
    """
    style = Style(**names)
    builder = SequentialBuilder(images.raw).stages(depth, 5, 2, style)
    builder.vector(style.head).linear(hidden).act(style.activation).drop(dropout)
    return builder.linear(images.classes).network()
