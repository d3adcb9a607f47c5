"""A recorder for trainings whose weights nobody needs on disk."""

from __future__ import annotations

from torch import Tensor

from cnnlab.training.history import History
from cnnlab.training.live_report import LiveReport
from cnnlab.training.results import EpochResult, Outcome, best_epoch
from cnnlab.training.resumption import State


class BestWeights:
    """A cnnlab.training.loop.Recorder that keeps the best epoch's weights in memory and writes nothing."""

    name = "benchmark"

    def __init__(self):
        self.epoch = 0
        self.weights: dict[str, Tensor] = {}

    def save_epoch(self, weights: dict[str, Tensor], epochs: list[EpochResult]) -> None:
        """Keep `weights` where the last of `epochs` is the best."""
        if best_epoch(epochs) == epochs[-1].epoch:
            self.epoch, self.weights = epochs[-1].epoch, weights

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
