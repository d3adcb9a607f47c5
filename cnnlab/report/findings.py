"""What a report says of a run: measured anew on its test images."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnlab.data import datasets
from cnnlab.data.dataset import Dataset
from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import shifts
from cnnlab.evaluation.evaluation_set import check_same, spread
from cnnlab.evaluation.predictions import Predictions, predict
from cnnlab.runs import store
from cnnlab.runs.store import Checkpoint, Run

REACH, IMAGES = 5, 300  # of the shift curve: pixels, and images that are moved
WORST = 20  # mistakes that are shown
Progress = Callable[[str], None]


@dataclass(frozen=True)
class Findings:
    """A run's network after one epoch, its answers to the run's test images, and to some of them moved."""

    run: Run
    checkpoint: Checkpoint
    test: Dataset
    predictions: Predictions
    sweep: shifts.Sweep

    @property
    def worst(self) -> np.ndarray:
        """The places of at most WORST wrong answers among the test images, the surest first."""
        wrong = np.flatnonzero(~self.predictions.right)
        return wrong[np.argsort(-self.predictions.confidence[wrong], kind="stable")][:WORST]


def findings(run: Run, epoch: int, on_step: Progress = lambda words: None) -> Findings:
    """Measure `run` after `epoch`; on_step is told what begins.

    Raises CnnlabError where network or data cannot be had, or its answers are no numbers.
    """
    checkpoint = store.load(run, epoch)
    config = checkpoint.config
    on_step("the data")
    train, whole = datasets.load(config.dataset)
    check_same(config.dataset, whole, checkpoint.classes, checkpoint.image_shape)
    test = split(config.split, train, whole).test
    on_step("the answers to all test images")
    predictions = predict(checkpoint.model, test)
    if not predictions.finite:
        raise CnnlabError(f"{run.name} answers with no numbers after epoch {epoch}: choose an earlier epoch.")
    on_step("the answers to moved images")
    some = spread(len(test), IMAGES)
    sweep = shifts.sweep(checkpoint.model, test.images[some], test.labels[some], REACH)
    return Findings(run, checkpoint, test, predictions, sweep)
