"""What a data set determines about a network: image shape, number of classes, normalisation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.data.dataset import Dataset


@dataclass(frozen=True)
class ImageSpec:
    """The images a network takes, (channels, height, width), how many classes it distinguishes, and its normalisation.

    mean and std hold one number per channel, of pixels in [0, 1].
    """

    shape: tuple[int, int, int] = (1, 28, 28)
    classes: int = 10
    mean: Sequence[float] = (0.0,)
    std: Sequence[float] = (1.0,)

    @classmethod
    def of(cls, train: Dataset) -> ImageSpec:
        """What a network to be trained on `train` must fit."""
        return cls(train.image_shape, len(train.classes), train.mean, train.std)

    @property
    def raw(self) -> ImageSpec:
        """The same without a normalisation: mean 0 and standard deviation 1."""
        channels = self.shape[0]
        return ImageSpec(self.shape, self.classes, (0.0,) * channels, (1.0,) * channels)
