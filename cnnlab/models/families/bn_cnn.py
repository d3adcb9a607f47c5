"""A1's network: batch normalisation after each convolution."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.common_options import Style
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.registry import register


@register(
    "bn-cnn",
    "Two 5×5 convolutions with batch normalisation, one linear layer",
    "A1",
    common_options.channels(16, 32),
    common_options.normalisation(common_options.BATCH),
    common_options.activation(),
    common_options.pooling(),
    common_options.head(),
)
def bn_cnn(
    images: ImageSpec,
    *,
    channels: tuple[int, ...],
    **names: str,
) -> nn.Module:
    """[conv 5×5, BN, ReLU, pool] with 16 and 32 channels; fc. 29,034 parameters on MNIST."""
    style = Style(**names)
    builder = SequentialBuilder(images).stages(channels, 5, 2, style)
    return builder.vector(style.head).linear(images.classes).network()
