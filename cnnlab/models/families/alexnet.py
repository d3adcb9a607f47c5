"""AlexNet without groups, as A2 writes it."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.input_adapter import InputAdapter, size_option
from cnnlab.models.options import Whole
from cnnlab.models.registry import register


@register(
    "alexnet",
    "AlexNet: five convolutions, three linear layers",
    "A2, Krizhevsky 2012",
    size_option(224, 63),
    Whole("hidden", 4096, "outputs of the two linear layers before the last", low=1, high=4096),
    common_options.dropout(0.5),
    common_options.normalisation(common_options.NONE),
    common_options.activation(),
    made_for=((3, 224, 224), 1000),
)
def alexnet(
    images: ImageSpec,
    *,
    size: int,
    hidden: int,
    dropout: float,
    normalisation: str,
    activation: str,
) -> nn.Module:
    """conv 96 11×11 stride 4, pool; conv 256 5×5, pool; conv 384, 384, 256 3×3, pool; 6×6; fc 4096, 4096; fc.

    62,378,344 parameters with 1000 classes. Images are resized and, where grey, made three equal channels. The first
    maps are 55×55, as in the paper: with this padding that takes images of 224×224, not the 227×227 that A2 writes.
    """
    builder = SequentialBuilder(images).adapt(InputAdapter(images.shape, size))

    def conv(channels: int, kernel: int, stride: int, padding: int) -> None:
        builder.conv(channels, kernel, stride, padding).norm(normalisation).act(activation)

    conv(96, 11, 4, 2)
    builder.pool("max", 3, 2)
    conv(256, 5, 1, 2)
    builder.pool("max", 3, 2)
    conv(384, 3, 1, 1)
    conv(384, 3, 1, 1)
    conv(256, 3, 1, 1)
    builder.pool("max", 3, 2).adaptive(6).vector(common_options.FLATTEN)
    for _ in range(2):
        builder.drop(dropout).linear(hidden).act(activation)
    return builder.linear(images.classes).network()
