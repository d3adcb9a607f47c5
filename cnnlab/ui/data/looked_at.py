"""The data set that the views of the data page share."""

from __future__ import annotations

from dataclasses import dataclass

from cnnlab.data.dataset import Dataset


@dataclass(frozen=True)
class LookedAt:
    """A data set by name: its training and its test images."""

    name: str
    train: Dataset
    test: Dataset

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes' names."""
        return self.train.classes

    @property
    def digits(self) -> bool:
        """Whether its classes are the ten digits."""
        return self.classes == tuple("0123456789")

    @property
    def noun(self) -> str:
        """What one of its images is called."""
        return "digit" if self.digits else "image"
