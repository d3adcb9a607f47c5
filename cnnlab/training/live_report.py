"""LiveReport: what a run under way tells those who watch it from another process."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from cnnlab.training.results import Count, Evaluation, Event, Loss, Rate, Seconds, Words

MOST_LOSSES = 32  # in one report: a curve on a page has no more points between two evaluations
MOST_EVENTS = 100
Standing = Literal["running", "paused", "testing"]
Positive = Annotated[int, Field(ge=1, le=10**12)]


@dataclass(frozen=True)
class LiveReport:
    """How far a run is. losses: (step, training loss) since the report before, thinned; events: those since then.

    evaluation: the one that it is made for, if any. seconds_left is None where it cannot be known; unsaved: why the
    last epoch could not be kept.
    """

    state: Standing
    step: Count
    epoch: Count
    total_steps: Positive
    steps_per_epoch: Positive
    train_images: Positive
    learning_rate: Rate
    seconds: Seconds
    images_per_second: Rate
    seconds_left: Seconds | None
    device: Words
    losses: Annotated[tuple[tuple[Count, Loss], ...], Field(max_length=MOST_LOSSES + 1)] = ()
    evaluation: Evaluation | None = None
    events: Annotated[tuple[Event, ...], Field(max_length=MOST_EVENTS)] = ()
    unsaved: Words | None = None


def thinned(losses: np.ndarray, first: int) -> tuple[tuple[int, float], ...]:
    """(step, rounded loss) of at most MOST_LOSSES of these at even distances, and of the last; first: their first step.

    losses: float32 [steps].
    """
    count = len(losses)
    places = list(range(0, count, -(-count // MOST_LOSSES) or 1))
    if count and places[-1] != count - 1:
        places.append(count - 1)
    return tuple((first + place, round(float(losses[place]), 5)) for place in places)
