"""The commands that a run under way obeys: typed values, each checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from cnnlab.training.config import LIMITS


class Order(Enum):
    """Commands without a value."""

    PAUSE = auto()
    RESUME = auto()
    STEP_BATCH = auto()  # exactly one more step, then pause
    STEP_EPOCH = auto()  # on to the end of the present epoch, then pause
    LOOK_AT_PACE = auto()  # wakes a thread that waits for its next slow step
    STOP = auto()  # final: what is queued behind it is dropped


@dataclass(frozen=True)
class SetLearningRate:
    """Use `value` from the next step on. Raises CnnlabError for a value that no run may have."""

    value: float

    def __post_init__(self):
        LIMITS["learning_rate"].check("learning_rate", self.value)


Command = Order | SetLearningRate
