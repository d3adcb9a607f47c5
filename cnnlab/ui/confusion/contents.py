"""Everything the confusion page shows, as one value. gather.py makes it, the views draw it and ask for nothing else."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.evaluation.calibration import Histogram, Reliability
from cnnlab.evaluation.class_report import Report
from cnnlab.evaluation.evaluation_set import EvaluationSet
from cnnlab.evaluation.selective_prediction import Coverage, Selected
from cnnlab.evaluation.tsne_queue import Maps
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.components.film_maker import Subject
from cnnlab.ui.components.tiles import ImageTile
from cnnlab.ui.confusion.answers import Answers

MATRIX, REPORT, GALLERY, CERTAINTY, POINTS = VIEWS = ("Confusion", "Report", "Gallery", "Certainty", "Map of points")
VIEW = "confusion_view"  # the widget's key


@dataclass(frozen=True)
class Selection:
    """What the sidebar says: a network, the images it is shown, and whether it is in training at this moment."""

    network: Checkpoint
    images: EvaluationSet
    live: bool


@dataclass(frozen=True)
class OpenPage:
    """One page of many images. key: of its state; number: from 1; size: images on a full page; images: on all."""

    key: str
    number: int
    size: int
    images: int
    tiles: list[ImageTile]


@dataclass(frozen=True)
class Strip:
    """Images behind a cell under their title; page is None where there is no image."""

    title: str
    note: str
    page: OpenPage | None


@dataclass(frozen=True)
class Numbers:
    """What is drawn of a matrix.

    counts, before: int64 [K, K], rows are the true class; before: of the network compared with; fractions: float64
    [K, K] of the row, or their difference, where they are wanted; cell: (true, predicted) as numbers.
    """

    counts: np.ndarray
    before: np.ndarray | None
    fractions: np.ndarray | None
    cell: tuple[int, int]


@dataclass(frozen=True)
class MatrixContents:
    """The matrix under its sentence, the images of one cell, and the film of the matrix."""

    sentence: str
    numbers: Numbers
    strips: list[Strip]
    film: Subject


@dataclass(frozen=True)
class Refusal:
    """Why there is nothing to compare with. damaged: it is the file's fault, not the training's."""

    sentence: str
    damaged: bool


@dataclass(frozen=True)
class MatrixView:
    """runs: those that can be compared with; epochs: of the one that is chosen, empty while none is."""

    runs: list[str]
    epochs: Sequence[int]
    shown: MatrixContents | Refusal


@dataclass(frozen=True)
class GalleryView:
    """A page of the answers that pass the filter; None where none does. chosen: how many pass."""

    chosen: int
    page: OpenPage | None


@dataclass(frozen=True)
class CertaintyView:
    """How sure right and wrong answers are. medians: of the confidence 0..1 by "right" and "wrong", where there are."""

    sentence: str
    bins: Histogram
    medians: dict[str, float]
    reliability: Reliability
    coverage: Coverage
    selected: Selected


@dataclass(frozen=True)
class NoTsne:
    """Why PCA's points stand where t-SNE's were asked for."""

    reason: str


@dataclass(frozen=True)
class FailedTsne:
    """Why there are no points of t-SNE; `retry` tries once more."""

    error: str
    retry: Callable[[], None]


@dataclass(frozen=True)
class TsneInProgress:
    """The map `key` waits or is being made in the queue."""

    queue: Maps
    key: Hashable


@dataclass(frozen=True)
class FlatMap:
    """Points float64 [N, 2], PCA's where t-SNE's were asked for and are missing.

    place: of the image that is shown, and its tile; variance: the fraction of it that PCA's two directions hold; film:
    of the map.
    """

    points: np.ndarray
    place: int
    tile: ImageTile
    variance: float | None
    missing: NoTsne | FailedTsne | TsneInProgress | None
    film: Subject


@dataclass(frozen=True)
class SpaceMap:
    """Points float32 [P, 3] of the images `places`; variance: the fraction that each direction holds, [3]."""

    points: np.ndarray
    places: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class PointsView:
    """The map at one of the layers, the last of which gives the logits."""

    layers: list[str]
    sentence: str
    shown: FlatMap | SpaceMap


OpenView = MatrixView | Report | GalleryView | CertaintyView | PointsView


@dataclass(frozen=True)
class Contents:
    """What all views share, and what the open one shows."""

    headline: str
    answers: Answers
    view: str
    shown: OpenView
