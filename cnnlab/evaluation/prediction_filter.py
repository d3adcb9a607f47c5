"""Choosing predictions to look at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from cnnlab.evaluation.predictions import Predictions

ORDERS = ("in their order", "surest first", "least sure first")


@dataclass(frozen=True)
class Filter:
    """Which answers to show; None stands for any. Classes are numbers; confidence bounds, 0..1, are both included."""

    wrong_only: bool = False
    true: int | None = None
    predicted: int | None = None
    lowest: float = 0.0
    highest: float = 1.0
    order: str = ORDERS[0]


def choose(predictions: Predictions, wanted: Filter) -> np.ndarray:
    """Places of the answers that pass, in the wanted order."""
    passing = (predictions.confidence >= wanted.lowest) & (predictions.confidence <= wanted.highest)
    if wanted.wrong_only:
        passing &= ~predictions.right
    if wanted.true is not None:
        passing &= predictions.labels == wanted.true
    if wanted.predicted is not None:
        passing &= predictions.predicted == wanted.predicted
    places = np.flatnonzero(passing)
    if wanted.order == ORDERS[0]:
        return places
    sign = -1 if wanted.order == "surest first" else 1
    return places[np.argsort(sign * predictions.confidence[places], kind="stable")]


def page_count(images: int, size: int) -> int:
    """Pages of `size` that hold so many images; one, empty, for none."""
    return max(1, -(-images // size))


def page(places: np.ndarray, number: int, size: int) -> np.ndarray:
    """The places on page `number`, counted from 1; past the end, the last page."""
    number = min(number, page_count(len(places), size))
    return places[(number - 1) * size : number * size]
