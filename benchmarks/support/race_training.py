"""One lane of a race trained on its own, and what came out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn
from tqdm import tqdm

from benchmarks.support.best_weights import BestWeights
from benchmarks.support.machine import describe_machine
from cnnlab import models
from cnnlab.data.dataset import Dataset
from cnnlab.errors import CnnlabError
from cnnlab.inspection.health import liveliness
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.trainer import DivergenceError

JUDGED = 2_000  # test images over which a channel must stay silent to count as dead


def measured(
    config: TrainConfig, further: Callable[[nn.Module, Dataset], dict[str, Any]] | None = None
) -> dict[str, Any]:
    """Train by `config`, with nothing written; fractions are 0..1. further: what else to say of network and test set.

    Keys: config, machine, seconds; test, validation and training accuracy (the last as the labels are given, over the
    last epoch), val_loss, first_losses, dead (None without a ReLU), favourite (the fraction of test images that get
    the commonest answer), gradient (of the first layer in the last measurement, by that of the last layer), curve
    ([step, validation accuracy] inside epochs); of a run that ran away only diverged and what came before.
    """
    loop = TrainingLoop(launch.prepare(config, Path()).trainer(), BestWeights())
    said = {"config": config.as_dict(), "machine": describe_machine(), "diverged": False}
    loop.begin()
    label = f"{config.recipe} {config.network} seed {config.seed}"
    try:
        with tqdm(total=loop.trainer.total_steps, desc=label, file=sys.stderr, mininterval=5) as bar:
            while not loop.trainer.done:
                loop.advance()
                bar.update()
        outcome = loop.finish(stopped=False)
    except DivergenceError:
        return {**said, "diverged": True, "seconds": round(loop.seconds, 1)}
    last = loop.history.epochs[-1]
    test = loop.trainer.split.test
    answers = models.logits_of(loop.trainer.model, test.images).argmax(1).numpy()
    return {
        **said,
        **(further(loop.trainer.model, test) if further else {}),
        "seconds": round(outcome.seconds, 1),
        "test": outcome.test_accuracy,
        "validation": last.val_accuracy,
        "val_loss": last.val_loss,
        "training": last.train_accuracy,
        "first_losses": loop.history.losses[:20].tolist(),
        "dead": dead_share(loop, test),
        "favourite": float(np.bincount(answers).max() / len(answers)),
        "gradient": gradient_share(loop),
        "curve": [[each.step, each.val_accuracy] for each in loop.history.evaluations],
    }


def dead_share(loop: TrainingLoop, test: Dataset) -> float | None:
    """Of all channels behind a ReLU the fraction that no test image raises above 0; None where there is no ReLU."""
    found = liveliness(loop.trainer.model, test.images[:JUDGED])
    count = sum(len(each.peaks) for each in found)
    return sum(len(each.channels) for each in found) / count if count else None


def gradient_share(loop: TrainingLoop) -> float:
    """The first layer's gradient by the last layer's, in the last measurement. Raises CnnlabError without layers."""
    norms = list(loop.history.evaluations[-1].gradients.values())
    if not norms:
        raise CnnlabError("The network has no layer with weights: nothing can be said of its gradients.")
    return norms[0] / norms[-1] if norms[-1] else 0.0
