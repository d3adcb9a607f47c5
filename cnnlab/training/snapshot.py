"""What pages read of a run: immutable snapshots and copies of its weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from torch import Tensor

from cnnlab.training.config import TrainConfig
from cnnlab.training.hint_evidence import Hint
from cnnlab.training.results import DIVERGED, EpochResult, Evaluation, Event, LaneMark, Outcome

ACTIVE = ("starting", "running", "paused", "testing", "stopping")


def _none() -> np.ndarray:
    return np.empty(0, np.float32)


@dataclass(frozen=True)
class Snapshot:
    """The state of a run. losses: float32 [steps], read-only; rates and seconds as the names say.

    loss_steps: the step of each loss where they are thinned, None where there is one for every step.

    state: idle, starting, running, paused, testing, stopping, finished, stopped or failed. eta_seconds, until the whole
    race has ended where it is a lane of one, is None where it cannot be known (paused, a step at a time, not started).
    unsaved: why the last epoch could not be kept. lane: its place in a race, if it is in one.
    """

    state: str = "idle"
    run: str | None = None
    config: TrainConfig | None = None
    classes: tuple[str, ...] = ()
    device: str = ""
    step: int = 0
    total_steps: int = 0
    steps_per_epoch: int = 0
    train_images: int = 0  # that an epoch shows
    epoch: int = 0
    learning_rate: float = 0.0
    losses: np.ndarray = field(default_factory=_none)
    loss_steps: np.ndarray | None = None
    evaluations: tuple[Evaluation, ...] = ()
    epochs: tuple[EpochResult, ...] = ()
    events: tuple[Event, ...] = ()
    unsaved: str | None = None
    hint: Hint | None = None
    seconds: float = 0.0
    images_per_second: float = 0.0
    eta_seconds: float | None = None
    outcome: Outcome | None = None
    error: str | None = None
    lane: LaneMark | None = None

    def replace(self, **changes: Any) -> Snapshot:
        """The same but for `changes`."""
        return replace(self, **changes)

    @property
    def active(self) -> bool:
        """Whether a run is under way, even if it is paused."""
        return self.state in ACTIVE

    @property
    def diverged(self) -> bool:
        """Whether its loss is no longer a number."""
        return any(event.what == DIVERGED for event in self.events)

    @property
    def words(self) -> str:
        """What people call it beside other lanes of its race."""
        return self.lane.words if self.lane else self.run or ""


@dataclass(frozen=True)
class LiveWeights:
    """A copy of a running network's weights, taken between two steps; never the live parameters."""

    run: str
    config: TrainConfig
    epoch: int
    step: int
    classes: tuple[str, ...]
    image_shape: tuple[int, int, int]
    tensors: Mapping[str, Tensor]

    def __post_init__(self):
        object.__setattr__(self, "tensors", MappingProxyType(dict(self.tensors)))
