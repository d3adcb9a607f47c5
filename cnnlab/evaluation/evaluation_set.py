"""The images a network is evaluated on, and how to say which they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from cnnlab.common.text import dimensions
from cnnlab.data.dataset import Dataset
from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError


@dataclass(frozen=True)
class EvaluationSet:
    """Labelled images under a name.

    key tells two sets apart, for caches; name is short; words complete "evaluated on …"; indices: int64 [N], each
    image's number in the whole test set, or among the drawings where the set is one of drawings.
    """

    key: str
    name: str
    words: str
    data: Dataset
    indices: np.ndarray
    drawings: bool = False

    def __len__(self) -> int:
        return len(self.data)

    def every(self, step: int) -> EvaluationSet:
        """Every step-th image, for a glance that must not cost much."""
        if step == 1 or len(self) < step:
            return self
        data = replace(self.data, images=self.data.images[::step], labels=self.data.labels[::step])
        words = f"every {step}th of {self.words}: {len(data):,} images"
        return replace(self, key=f"{self.key}/{step}", words=words, data=data, indices=self.indices[::step])


def evaluation_sets(dataset: str, split_name: str, train: Dataset, test: Dataset) -> list[EvaluationSet]:
    """The sets a run trained with this split can be evaluated on, its own test part first.

    Raises CnnlabError when the split cannot be made.
    """
    parts = split(split_name, train, test)
    whole = EvaluationSet(
        f"{dataset} test", "whole test set", f"all {len(test):,} test images", test, np.arange(len(test))
    )
    start = len(test) - len(parts.test)  # a test part is always the end of the test set
    if start == 0:
        return [whole]
    own = EvaluationSet(
        f"{dataset} test {start}-",
        "own test half",
        f"the run's own test half: test images {start:,} to {len(test) - 1:,}",
        parts.test,
        np.arange(start, len(test)),
    )
    validation = EvaluationSet(
        f"{dataset} test -{start}",
        "validation half",
        f"the half it was validated on: test images 0 to {start - 1:,}",
        test.part(0, start),
        np.arange(start),
    )
    return [own, validation, whole]


def check_same(dataset: str, data: Dataset, classes: Sequence[str], image_shape: Sequence[int]) -> None:
    """Raise CnnlabError unless `data` is what a run was trained on: own data sets are other ones on other machines."""
    if tuple(data.classes) != tuple(classes):
        raise CnnlabError(
            f"{dataset} has other classes here ({', '.join(data.classes[:5])}) than the run was trained on "
            f"({', '.join(classes[:5])}): bring the run's own pictures, or choose another run."
        )
    if data.image_shape != tuple(image_shape):
        here, there = (dimensions(shape) for shape in (data.image_shape, image_shape))
        raise CnnlabError(
            f"{dataset} has images of {here} here, the run was trained on {there}: add the pictures in that size, or "
            "choose another run."
        )


def spread(total: int, count: int) -> np.ndarray:
    """Which `count` of `total` images to take, evenly spread, int64; at most all.

    Raises CnnlabError for a count below 1.
    """
    if count < 1:
        raise CnnlabError(f"The number of images is {count}: it must be at least 1.")
    count = min(count, total)
    return np.arange(count) * total // count


def of_drawings(data: Dataset, version: str) -> EvaluationSet:
    """The class's own drawings; `version` changes whenever they do."""
    count = "the one drawing" if len(data) == 1 else f"all {len(data):,} drawings"
    return EvaluationSet(
        f"drawings {version}", "class drawings", f"{count} of the class", data, np.arange(len(data)), True
    )
