"""A0's SimpleCNN."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.normalize import Normalize
from cnnlab.models.options import Number, Wholes
from cnnlab.models.registry import register


@register(
    "simple-cnn",
    "SimpleCNN: two 5×5 convolutions, two linear layers",
    "A0",
    Wholes("channels", (16, 32), "output channels of the two convolutions", low=1, high=512, fewest=2, most=2),
    common_options.hidden(128),
    Number("dropout", 0.2, "share of its outputs dropped while training", low=0, high=0.95),
)
def simple_cnn(
    images: ImageSpec,
    *,
    channels: tuple[int, int],
    hidden: int,
    dropout: float,
) -> nn.Module:
    """conv 16 5×5, ReLU, pool; conv 32 5×5, ReLU, pool; fc 128, ReLU, dropout 0.2; fc. 215,370 parameters on MNIST.

    A0 feeds raw pixels, so the normalisation is the identity.
    """
    planes, height, width = images.shape
    first, second = channels
    return nn.Sequential(
        OrderedDict(
            normalize=Normalize(images.raw.mean, images.raw.std),
            conv1=nn.Conv2d(planes, first, 5, padding=2),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(first, second, 5, padding=2),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(second * (height // 4) * (width // 4), hidden),
            relu3=nn.ReLU(),
            dropout=SeededDropout(dropout),
            fc2=nn.Linear(hidden, images.classes),
        )
    )
