"""A data set as uint8 tensors: held whole in memory, or what is too large for that, mapped from its file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from cnnlab.data.image_file import ImageFile
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
    of pixel values scaled to [0, 1]. file: where the images lie that are too many for memory; `images` then maps them,
    to look at a few, and stays on the CPU. Whoever goes through all of them reads `stored` in pieces.
    """

    images: Tensor
    labels: Tensor
    classes: tuple[str, ...]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    file: ImageFile | None = None

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def image_shape(self) -> tuple[int, int, int]:
        """(C, H, W) of one image."""
        _, channels, height, width = self.images.shape
        return channels, height, width

    def part(self, start: int, stop: int) -> Dataset:
        """The examples start..stop-1, sharing memory; mean and std stay those of the whole."""
        file = self.file and self.file.part(start, stop)
        return replace(self, images=self.images[start:stop], labels=self.labels[start:stop], file=file)

    def to(self, device: torch.device) -> Dataset:
        """The same data on `device`; nothing is copied where it already lies there, nor images that stay in a file."""
        return replace(self, images=self.images if self.file else self.images.to(device), labels=self.labels.to(device))

    @property
    def stored(self) -> Tensor | ImageFile:
        """The images to be read in pieces, by split(size)."""
        return self.file or self.images

    def taken(self, places: Tensor) -> Dataset:
        """The examples at `places`, int64 [n], in memory."""
        images = self.file.rows(places.tolist()) if self.file else self.images[places]
        return replace(self, images=images, labels=self.labels[places], file=None)

    def loaded(self) -> Dataset:
        """The same data with images in memory, beside their labels."""
        if self.file is None:
            return self
        images = self.file.rows(range(len(self))).to(self.labels.device)
        return replace(self, images=images, file=None)


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
