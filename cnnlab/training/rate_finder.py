"""The learning-rate range test (Smith 2017): steps on a copy, each at a higher rate; where is the loss lowest?"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnlab.errors import CnnlabError
from cnnlab.training.prepared_run import PreparedRun

LOWEST, HIGHEST, STEPS = 1e-6, 10.0, 100
LOST = 4.0  # times the lowest loss: from there on it only gets worse
MARGIN = 10  # a run needs a rate it can bear for long, not the highest one that still works for a step
SMOOTHING = 0.9  # fraction kept of the moving average


@dataclass(frozen=True)
class RangeTest:
    """rates, ascending, with the training loss of the step at each, [N], and its moving average, [N]."""

    rates: np.ndarray
    losses: np.ndarray
    smoothed: np.ndarray

    @property
    def best(self) -> float:
        """The rate at which the smoothed loss was lowest."""
        return float(self.rates[self.smoothed.argmin()])

    @property
    def suggested(self) -> float:
        """A tenth of that, to one digit."""
        return float(f"{self.best / MARGIN:.0e}")


def range_test(run: PreparedRun, on_progress: Callable[[float], None] = lambda fraction: None) -> RangeTest:
    """Train a fresh network as `run` would, but at rates from LOWEST to HIGHEST; stop once the loss runs away.

    on_progress is called with the fraction done, 0 to 1, after every step; what it raises ends the test. Raises
    CnnlabError when there is no loss to go by.
    """
    config = run.config.replace(schedule="constant", early_stopping=0, ema=0)
    trainer = dataclasses.replace(run, config=config).trainer()
    rates, losses, average, lowest = [], [], 0.0, float("inf")
    smoothed = []
    for number, rate in enumerate(np.geomspace(LOWEST, HIGHEST, STEPS), 1):
        trainer.learning_rate = float(rate)
        trainer.step()
        try:
            (loss,) = trainer.read_steps(force=True).losses
        except CnnlabError:  # it is no longer a number
            break
        average = SMOOTHING * average + (1 - SMOOTHING) * loss
        rates.append(float(rate))
        losses.append(loss)
        smoothed.append(average / (1 - SMOOTHING**number))
        lowest = min(lowest, smoothed[-1])
        on_progress(number / STEPS)
        if smoothed[-1] > LOST * lowest:
            break
    if not losses:
        raise CnnlabError("The loss is no number even before the first step: check the data and the network.")
    return RangeTest(np.array(rates), np.array(losses), np.array(smoothed))
