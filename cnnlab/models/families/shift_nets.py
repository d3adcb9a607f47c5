"""SimpleCNN rebuilt in three steps towards the same answer for a shifted image."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Literal

from torch import nn

from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.normalize import Normalize
from cnnlab.models.modules.pooling import BlurPool, PolyphasePool
from cnnlab.models.registry import register

SOURCE = "cnnlab"


@register("gap-cnn", "SimpleCNN with global average pooling: a third convolution and the maps' means", SOURCE)
def gap_cnn(images: ImageSpec) -> nn.Module:
    """A third convolution takes fc1's place and each of its 64 maps is averaged: no weight belongs to a position.

    65,162 parameters on MNIST.
    """
    return _pooled(images, lambda: nn.MaxPool2d(2))


@register("blurpool-cnn", "gap-cnn with anti-aliased pooling", "Zhang 2019")
def blurpool_cnn(images: ImageSpec) -> nn.Module:
    """gap-cnn whose poolings blur before they drop every second pixel."""
    return _pooled(images, BlurPool)


@register("polyphase-cnn", "gap-cnn with adaptive polyphase sampling and circular padding", "Chaman & Dokmanic 2021")
def polyphase_cnn(images: ImageSpec) -> nn.Module:
    """gap-cnn without a grid and without a border: by construction a circular shift does not change its answer.

    Height and width must be multiples of 4.
    """
    return _pooled(images, PolyphasePool, "circular")


def _pooled(
    images: ImageSpec, pool: Callable[[], nn.Module], padding: Literal["zeros", "circular"] = "zeros"
) -> nn.Module:
    channels = images.shape[0]
    return nn.Sequential(
        OrderedDict(
            normalize=Normalize(images.raw.mean, images.raw.std),  # as SimpleCNN
            conv1=nn.Conv2d(channels, 16, 5, padding=2, padding_mode=padding),
            relu1=nn.ReLU(),
            pool1=pool(),
            conv2=nn.Conv2d(16, 32, 5, padding=2, padding_mode=padding),
            relu2=nn.ReLU(),
            pool2=pool(),
            conv3=nn.Conv2d(32, 64, 5, padding=2, padding_mode=padding),
            relu3=nn.ReLU(),
            mean=nn.AdaptiveAvgPool2d(1),
            flatten=nn.Flatten(),
            dropout=SeededDropout(0.2),
            fc=nn.Linear(64, images.classes),
        )
    )
