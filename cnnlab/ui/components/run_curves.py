"""One shape for what the training page draws: the run under way, or one that was kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cnnlab.charts.training_curves import Curve
from cnnlab.runs.store import Run
from cnnlab.training.results import EpochResult, Evaluation, duration
from cnnlab.training.snapshot import Snapshot


@dataclass(frozen=True)
class RunCurves:
    """A run's curves and rows."""

    name: str
    classes: Sequence[str]
    losses: Curve
    evaluations: Sequence[Evaluation]
    epochs: Sequence[EpochResult]

    def accuracy(self, field: str) -> Curve:
        """The curve of an accuracy field of Evaluation: train_accuracy or val_accuracy."""
        points = [(e.step, value) for e in self.evaluations if (value := getattr(e, field)) is not None]
        steps, values = zip(*points, strict=True) if points else ((), ())
        return Curve(self.name, np.array(steps, int), np.array(values, float))

    @property
    def pinned(self) -> list[tuple[int, tuple[float, ...]]]:
        """(step, class probabilities of the pinned drawing) of the evaluations that read one."""
        return [(each.step, each.pinned) for each in self.evaluations if each.pinned]

    def table(self) -> pd.DataFrame:
        """A row an epoch, newest first, as the page prints it."""
        return pd.DataFrame(
            [
                {
                    "epoch": str(row.epoch) if row.complete else f"{row.epoch} (stopped)",
                    "training loss": _number(row.train_loss, ".4f"),
                    "training accuracy": _number(row.train_accuracy, ".2%"),
                    "validation loss": _number(row.val_loss, ".4f"),
                    "validation accuracy": _number(row.val_accuracy, ".2%"),
                    "learning rate": f"{row.learning_rate:.3g}",
                    "time": duration(row.seconds),
                }
                for row in reversed(self.epochs)
            ]
        )


def _number(value: float | None, form: str) -> str:
    return "–" if value is None else format(value, form)


def of_snapshot(snapshot: Snapshot) -> RunCurves:
    """The run under way, or the last one of this process."""
    losses = Curve(snapshot.run or "", np.arange(1, len(snapshot.losses) + 1), snapshot.losses)
    return RunCurves(snapshot.run or "", snapshot.classes, losses, snapshot.evaluations, snapshot.epochs)


def of_run(run: Run) -> RunCurves:
    """A run on disk."""
    points = np.array(run.losses, float).reshape(-1, 2)
    return RunCurves(
        run.name, run.record["classes"], Curve(run.name, points[:, 0], points[:, 1]), run.evaluations, run.results
    )
