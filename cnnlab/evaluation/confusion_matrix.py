"""Reading a confusion matrix: rows are the true class, columns the predicted one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from cnnlab.common.text import with_minus
from cnnlab.evaluation.predictions import Predictions


class Mistake(NamedTuple):
    """A true class taken for another, by number, and how many images."""

    true: int
    predicted: int
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody needs of a mistake


def by_row(matrix: np.ndarray) -> np.ndarray:
    """Counts [K, K] as fractions 0..1 of their row, float64; a class without images has a row of zeros."""
    totals = matrix.sum(1, keepdims=True)
    return matrix / np.maximum(totals, 1)


def mistakes(matrix: np.ndarray) -> list[Mistake]:
    """Every pair that was confused at least once, most frequent first, then in the order of the classes."""
    wrong = matrix - np.diag(np.diag(matrix))
    pairs = [Mistake(int(true), int(predicted), int(wrong[true, predicted])) for true, predicted in np.argwhere(wrong)]
    return sorted(pairs, key=lambda pair: -pair.count)


def biggest_mistake(matrix: np.ndarray, classes: Sequence[str]) -> str:
    """The sentence over the matrix."""
    ranked = mistakes(matrix)
    if not ranked:
        total = int(matrix.sum())
        return "No mistakes: the one image is right." if total == 1 else f"No mistakes: all {total:,} images are right."
    first = [pair for pair in ranked if pair.count == ranked[0].count]
    if len(first) > 3:
        others = f"{len(first) - 1} more pairs"
        return f"Biggest mistake: {arrow(first[0], classes)} and {others}, {images(first[0].count)} each."
    each = " each" if len(first) > 1 else ""
    names = " and ".join(arrow(pair, classes) for pair in first)
    return f"Biggest mistake{'s' if each else ''}: {names}, {images(first[0].count)}{each}."


def biggest_change(now: np.ndarray, before: np.ndarray, classes: Sequence[str]) -> str:
    """What differs between two matrices of the same images, to follow "Against epoch 1: "."""
    change = now - before
    if not change.any():
        return "no cell differs."
    more = int(np.trace(change))
    parts = [f"{abs(more):,} {'more' if more > 0 else 'fewer'} right" if more else "as many right"]
    np.fill_diagonal(change, 0)
    for words, extreme in (("most mended", change.argmin()), ("most added", change.argmax())):
        true, predicted = np.unravel_index(extreme, change.shape)
        count = int(change[true, predicted])
        if (count < 0) == (words == "most mended") and count:
            parts.append(f"{words} {classes[true]} → {classes[predicted]} ({signed(count)})")
    return f"{parts[0]}; {', '.join(parts[1:])}." if parts[1:] else f"{parts[0]}."


def cell(predictions: Predictions, true: int, predicted: int) -> np.ndarray:
    """The images behind one cell as places in `predictions`, most confident answer first, then in their order."""
    places = np.flatnonzero((predictions.labels == true) & (predictions.predicted == predicted))
    return places[np.argsort(-predictions.confidence[places], kind="stable")]


def arrow(mistake: Mistake, classes: Sequence[str]) -> str:
    """4 → 9."""
    return f"{classes[mistake.true]} → {classes[mistake.predicted]}"


def images(count: int) -> str:
    """1 image, 12 images."""
    return "1 image" if count == 1 else f"{count:,} images"


def signed(count: int) -> str:
    """+3, −3."""
    return with_minus(f"{count:+,}")
