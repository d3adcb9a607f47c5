"""The record of a run that grows step by step: losses, accuracies, evaluations, epochs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlab.training.results import EpochResult, Evaluation, Event


class History:
    """Losses of every step in one buffer, evaluations, epochs and events in lists; only ever appended to.

    Because nothing written is changed later, `losses` can hand out a view instead of a copy.
    """

    def __init__(self, total_steps: int):
        self._losses = np.empty(total_steps, np.float32)
        self._accuracies = np.empty(total_steps, np.float32)
        self._count = 0
        self.evaluations: list[Evaluation] = []
        self.epochs: list[EpochResult] = []
        self.events: list[Event] = []

    def add_steps(self, losses: Sequence[float], accuracies: Sequence[float]) -> None:
        """Append the training loss and accuracy of the next steps."""
        end = self._count + len(losses)
        self._losses[self._count : end] = losses
        self._accuracies[self._count : end] = accuracies
        self._count = end

    @property
    def losses(self) -> np.ndarray:
        """float32 [steps so far], read-only."""
        return _read_only(self._losses[: self._count])

    @property
    def accuracies(self) -> np.ndarray:
        """float32 [steps so far], the accuracy on each training batch, 0 to 1, read-only."""
        return _read_only(self._accuracies[: self._count])

    def means_since(self, step: int) -> tuple[float | None, float | None]:
        """(mean loss, mean accuracy) of the steps after `step`, or (None, None) when there are none."""
        if step >= self._count:
            return None, None
        return float(self._losses[step : self._count].mean()), float(self._accuracies[step : self._count].mean())


def _read_only(view: np.ndarray) -> np.ndarray:
    view.flags.writeable = False
    return view
