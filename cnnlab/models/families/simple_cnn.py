"""A0's SimpleCNN."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.common_options import Style
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.options import Number, Wholes
from cnnlab.models.registry import register


@register(
    "simple-cnn",
    "SimpleCNN: two 5×5 convolutions, two linear layers",
    "A0",
    Wholes("channels", (16, 32), "output channels of the two convolutions", low=1, high=512, fewest=2, most=2),
    common_options.hidden(128),
    Number("dropout", 0.2, "share of its outputs dropped while training", low=0, high=0.95),
    common_options.activation(),
    common_options.pooling(),
)
def simple_cnn(
    images: ImageSpec,
    *,
    channels: tuple[int, int],
    hidden: int,
    dropout: float,
    **names: str,
) -> nn.Module:
    """conv 16 5×5, ReLU, pool; conv 32 5×5, ReLU, pool; fc 128, ReLU, dropout 0.2; fc. 215,370 parameters on MNIST.

    A0 feeds raw pixels, so the normalisation is the identity.
    """
    style = Style(**names)
    builder = SequentialBuilder(images.raw).stages(channels, 5, 2, style)
    builder.vector(common_options.FLATTEN).linear(hidden).act(style.activation).drop(dropout)
    return builder.linear(images.classes).network()
