"""A data set held whole in memory as uint8 tensors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from cnnlab.data.statistics import moments, pixel_histogram

LONGEST_CLASS_NAME = 60
_MORE_THAN_A_NAME = re.compile(r"[\[\]<>`$*\\|\x00-\x1f\x7f]")  # what a page could take for Markdown or HTML


def is_class_name(name: str) -> bool:
    """Whether this can be what a class from outside is called."""
    return 0 < len(name) <= LONGEST_CLASS_NAME and not _MORE_THAN_A_NAME.search(name)


@dataclass(frozen=True)
class Dataset:
    """Images with their labels, decoded once.

    images: uint8 [N, C, H, W]; labels: int64 [N]; classes: the names, by label; mean and std: one float a channel,
    of pixel values scaled to [0, 1].
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def part(self, start: int, stop: int) -> Dataset:
        """The examples start..stop-1, sharing memory; mean and std stay those of the whole."""
        return replace(self, images=self.images[start:stop], labels=self.labels[start:stop])

    def to(self, device: torch.device) -> Dataset:
        """The same data on `device`; nothing is copied where it already lies there."""
        return replace(self, images=self.images.to(device), labels=self.labels.to(device))


def noun(classes: Sequence[str]) -> str:
    """What one example is called in a sentence: digit where every class is one, else image."""
    return "digit" if all(name.isdigit() for name in classes) else "image"


def as_input(images: Tensor) -> Tensor:
    """Stored pixels to network input: uint8 0..255 to float32 in [0, 1], any shape."""
    return images.float().div_(255)


def channel_statistics(images: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and population standard deviation of each channel of uint8 [N, C, H, W], in units of [0, 1].

    Exact: worked out from each channel's histogram of 256 values, not from a running float sum.
    """
    return moments(pixel_histogram(images))
