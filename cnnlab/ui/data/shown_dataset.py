"""The data set that the views of the data page share."""

from __future__ import annotations

from dataclasses import dataclass

from cnnlab.data import datasets
from cnnlab.data.dataset import Dataset, noun


@dataclass(frozen=True)
class ShownDataset:
    """A data set by name: its training and its test images."""

    name: str
    train: Dataset
    test: Dataset

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names."""
        return self.train.classes

    @property
    def has_styles(self) -> bool:
        """Whether cnnlab.data.augment.digit_styles can change its images: it holds the ten digits."""
        return datasets.spec(self.name).digits

    @property
    def noun(self) -> str:
        """What one of its images is called."""
        return noun(self.classes)
