"""A0's SimpleCNN."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence

from torch import nn

from cnnlab.models.dropout import SeededDropout
from cnnlab.models.normalize import Normalize
from cnnlab.models.registry import register


@register("simple-cnn", "SimpleCNN: two 5×5 convolutions, two linear layers", "A0")
def simple_cnn(in_shape: tuple[int, int, int], classes: int, mean: Sequence[float], std: Sequence[float]) -> nn.Module:
    """conv 16 5×5, ReLU, pool; conv 32 5×5, ReLU, pool; fc 128, ReLU, dropout 0.2; fc. 215,370 parameters on MNIST.

    A0 feeds raw pixels, so the normalisation is the identity.
    """
    channels, height, width = in_shape
    return nn.Sequential(
        OrderedDict(
            normalize=Normalize([0.0] * channels, [1.0] * channels),
            conv1=nn.Conv2d(channels, 16, 5, padding=2),
            relu1=nn.ReLU(),
            pool1=nn.MaxPool2d(2),
            conv2=nn.Conv2d(16, 32, 5, padding=2),
            relu2=nn.ReLU(),
            pool2=nn.MaxPool2d(2),
            flatten=nn.Flatten(),
            fc1=nn.Linear(32 * (height // 4) * (width // 4), 128),
            relu3=nn.ReLU(),
            dropout=SeededDropout(0.2),
            fc2=nn.Linear(128, classes),
        )
    )
