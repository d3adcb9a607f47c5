"""A recorder for trainings that are only watched."""

from __future__ import annotations

from torch import Tensor

from cnnlab.training.history import History
from cnnlab.training.live_report import LiveReport
from cnnlab.training.results import EpochResult, Outcome
from cnnlab.training.resumption import State


class SilentRecorder:
    """A cnnlab.training.loop.Recorder that keeps nothing."""

    name = "benchmark"

    def save_epoch(self, weights: dict[str, Tensor], epochs: list[EpochResult]) -> None:
        """Nobody looks at the weights."""

    def save_state(self, state: State) -> None:
        """Nobody goes on with it."""

    def report(self, report: LiveReport) -> None:
        """Nobody watches."""

    def stop_asked(self) -> bool:
        """Nobody asks."""
        return False

    def finish(self, outcome: Outcome, history: History) -> None:
        """Nothing more to keep."""

    def close(self) -> None:
        """Nothing to close."""
