"""LeNet-5, as A2 writes it for images of 28×28."""

from __future__ import annotations

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.options import Wholes
from cnnlab.models.registry import register


@register(
    "lenet-5",
    "LeNet-5: two 5×5 convolutions with tanh and average pooling, three linear layers",
    "A2, LeCun 1998",
    Wholes("channels", (6, 16), "output channels of the two convolutions", low=1, high=512, fewest=2, most=2),
    Wholes("hidden", (120, 84), "outputs of the linear layers before the last", low=1, high=4096, fewest=1, most=3),
    common_options.activation("tanh"),
    common_options.pooling("average"),
)
def lenet_5(
    images: ImageSpec,
    *,
    channels: tuple[int, int],
    hidden: tuple[int, ...],
    activation: str,
    pooling: str,
) -> nn.Module:
    """[conv 5×5 without padding, tanh, average pool] with 6 and 16 channels; fc 120, 84. 44,426 parameters on MNIST."""
    builder = SequentialBuilder(images)
    for width in channels:
        builder.conv(width, 5).act(activation).pool(pooling)
    builder.vector(common_options.FLATTEN)
    for width in hidden:
        builder.linear(width).act(activation)
    return builder.linear(images.classes).network()
