"""Curves and rows of a run in one form, whether it is under way or on disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cnnlab.charts.training_curves import Curve, Mark, Validation
from cnnlab.runs.store import Run
from cnnlab.training.results import EpochResult, Evaluation, Event, duration
from cnnlab.training.snapshot import Snapshot


@dataclass(frozen=True)
class RunCurves:
    """A run's curves and rows."""

    name: str
    classes: Sequence[str]
    losses: Curve
    evaluations: Sequence[Evaluation]
    epochs: Sequence[EpochResult]
    events: Sequence[Event] = ()

    def measured(self, field: str) -> Curve:
        """The curve of a field of Evaluation, such as train_accuracy."""
        return self._curve(self.evaluations, field)

    def validation(self, field: str) -> Validation:
        """The curves of val_loss or val_accuracy."""
        return Validation(self._curve(self.evaluations, field), self._curve(self.epochs, field))

    def _curve(self, rows: Sequence[Evaluation] | Sequence[EpochResult], field: str) -> Curve:
        points = [(row.step, value) for row in rows if (value := getattr(row, field)) is not None]
        steps, values = zip(*points, strict=True) if points else ((), ())
        return Curve(self.name, np.array(steps, int), np.array(values, float))

    @property
    def marks(self) -> list[Mark]:
        """Where something happened to the run, and what."""
        return [Mark(event.step, event.words) for event in self.events]

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
    """The run under way, or the last one."""
    steps = np.arange(1, len(snapshot.losses) + 1) if snapshot.loss_steps is None else snapshot.loss_steps
    losses = Curve(snapshot.run or "", steps, snapshot.losses)
    return RunCurves(
        snapshot.run or "", snapshot.classes, losses, snapshot.evaluations, snapshot.epochs, snapshot.events
    )


def of_run(run: Run) -> RunCurves:
    """A run on disk."""
    points = np.array(run.record.losses, float).reshape(-1, 2)
    losses = Curve(run.name, points[:, 0], points[:, 1])
    return RunCurves(run.name, run.record.classes, losses, run.record.evaluations, run.results, run.record.events)
