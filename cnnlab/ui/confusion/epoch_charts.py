"""The matrix and the map of points of one epoch, from answers and what was chosen: for the page and for its films."""

from __future__ import annotations

import altair as alt
import numpy as np

from cnnlab.charts.confusion_heatmap import difference_chart, matrix_chart
from cnnlab.charts.point_map import AnsweredPoints, points_chart
from cnnlab.evaluation import confusion_matrix
from cnnlab.evaluation.predictions import Predictions
from cnnlab.evaluation.projections import centres
from cnnlab.ui.confusion.contents import Numbers


def numbers(found: Predictions, other: Predictions | None, percent: bool, picked: tuple[str, str] | None) -> Numbers:
    """The matrix of `found`, or how it differs from that of the answers `other`.

    picked: the cell (true, predicted), names; without one that there is, the biggest mistake, or change, is marked.
    """
    now, before = found.confusion, None if other is None else other.confusion
    fractions = confusion_matrix.by_row(now) if percent else None
    if fractions is not None and before is not None:
        fractions = fractions - confusion_matrix.by_row(before)
    return Numbers(now, before, fractions, _cell(found.classes, now, before, picked))


def matrix(shown: Numbers, classes: tuple[str, ...], dark: bool) -> alt.LayerChart:
    """The matrix, or how it differs from the one that it is compared with."""
    if shown.before is None:
        return matrix_chart(shown.counts, classes, shown.cell, fractions=shown.fractions, dark=dark)
    return difference_chart(shown.counts, shown.before, classes, shown.cell, fractions=shown.fractions, dark=dark)


def place(found: Predictions, indices: np.ndarray, clicked: int | None) -> int:
    """The place of the image with the number `clicked` among `indices`, else of the surest mistake, else the first."""
    places = np.flatnonzero(indices == (-1 if clicked is None else clicked))
    if len(places):
        return int(places[0])
    wrong = np.flatnonzero(~found.right)
    return int(wrong[found.confidence[wrong].argmax()]) if len(wrong) else 0


def points(placed: np.ndarray, found: Predictions, marked: int, dark: bool) -> alt.LayerChart:
    """The images as points [N, 2] on a map from -1 to 1, the one at the place `marked` with a ring."""
    answered = AnsweredPoints(placed, found.labels, found.predicted, found.classes)
    return points_chart(answered, centres(placed, found.labels, len(found.classes)), marked, dark)


def _cell(
    classes: tuple[str, ...], now: np.ndarray, before: np.ndarray | None, picked: tuple[str, str] | None
) -> tuple[int, int]:
    if picked and set(picked) <= set(classes):
        return classes.index(picked[0]), classes.index(picked[1])
    ranked = confusion_matrix.mistakes(now if before is None else abs(now - before))
    return (ranked[0].true, ranked[0].predicted) if ranked else (int(now.diagonal().argmax()),) * 2
