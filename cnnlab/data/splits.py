"""Which examples train, validate and test."""

from __future__ import annotations

from typing import NamedTuple

from cnnlab.data.dataset import Dataset
from cnnlab.errors import CnnlabError

# Runs of examples as the articles cut them, not scikit-learn's stratified draw: measured accuracies hang on them.
HELD_OUT = 5_000  # of sets of MNIST's and CIFAR-10's size; of smaller ones a fraction


class Split(NamedTuple):
    """The three parts of a data set; `validation` is None where a split has none."""

    train: Dataset
    validation: Dataset | None
    test: Dataset


SPLITS = {
    "holdout": "the last 5,000 training images validate (of fewer than 50,000 a tenth), all test images test",
    "test-halves": "the first 5,000 test images validate (of fewer than 10,000 half), the others test (A3)",
    "test-seen": "all training images train; the test images validate too: to watch, not to choose by (A1, A2, A4)",
    "none": "all training images train, nothing validates",
}


def split(name: str, train: Dataset, test: Dataset) -> Split:
    """Part (train, test) by one of SPLITS. Raises CnnlabError for an unknown name or too small a data set."""
    if name not in SPLITS:
        raise CnnlabError(f"split is {name!r}: choose one of {', '.join(SPLITS)}.")
    if name == "none":
        return Split(train, None, test)
    if name == "test-seen":
        return Split(train, test, test)
    source, divisor = (train, 10) if name == "holdout" else (test, 2)
    held_out = min(HELD_OUT, len(source) // divisor)
    if not held_out:
        raise CnnlabError(f"split {name!r} sets one of {divisor} images aside, but there are only {len(source):,}.")
    if name == "holdout":
        return Split(train.part(0, len(train) - held_out), train.part(len(train) - held_out, len(train)), test)
    return Split(train, test.part(0, held_out), test.part(held_out, len(test)))
