"""The network for drawings: small enough to train before a lesson, fast enough to answer between two strokes."""

from __future__ import annotations

from collections import OrderedDict

from torch import nn

from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.normalize import Normalize
from cnnlab.models.registry import register

WIDTHS = (16, 16, 48, 48, 96)  # channels after each convolution
POOL_AFTER = (2, 4)  # few channels before the first pooling: there an epoch spends half its time


@register("draw-net", "DrawNet: five 3×3 convolutions with batch normalisation, one linear layer", "cnnlab")
def draw_net(images: ImageSpec) -> nn.Module:
    """[conv 3×3, BN, ReLU] × 5 with a pool after the 2nd and the 4th; fc. 119,066 parameters on MNIST.

    No bias in the convolutions: the batch normalisation behind each has one.
    """
    channels, height, width = images.shape
    layers: OrderedDict[str, nn.Module] = OrderedDict(normalize=Normalize(images.mean, images.std))
    for number, outputs in enumerate(WIDTHS, 1):
        layers[f"conv{number}"] = nn.Conv2d(channels, outputs, 3, padding=1, bias=False)
        layers[f"bn{number}"] = nn.BatchNorm2d(outputs)
        layers[f"relu{number}"] = nn.ReLU()
        if number in POOL_AFTER:
            layers[f"pool{POOL_AFTER.index(number) + 1}"] = nn.MaxPool2d(2)
        channels = outputs
    layers["flatten"] = nn.Flatten()
    layers["fc"] = nn.Linear(channels * (height // 4) * (width // 4), images.classes)
    return nn.Sequential(layers)
