"""Which examples train, validate and test."""

from __future__ import annotations

from typing import NamedTuple

from cnnlab.data.dataset import Dataset
from cnnlab.errors import CnnlabError

HELD_OUT = 5_000


class Split(NamedTuple):
    """The three parts of a data set; `validation` is None where a split has none."""

    train: Dataset
    validation: Dataset | None
    test: Dataset


SPLITS = {
    "holdout": "the last 5,000 training images validate, all test images test",
    "test-halves": "the first 5,000 test images validate, the other test images test (A3)",
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
    source = train if name == "holdout" else test
    if len(source) <= HELD_OUT:
        raise CnnlabError(f"split {name!r} sets {HELD_OUT:,} images aside, but there are only {len(source):,}.")
    if name == "holdout":
        return Split(train.part(0, len(train) - HELD_OUT), train.part(len(train) - HELD_OUT, len(train)), test)
    return Split(train, test.part(0, HELD_OUT), test.part(HELD_OUT, len(test)))
