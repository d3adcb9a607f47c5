"""The measurements of a run as immutable values: evaluations, epochs, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal

from pydantic import Field

# What is allowed in a run that comes from outside: cnnlab.runs.record checks it there.
Count = Annotated[int, Field(ge=0, le=10**12)]
Fraction = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0, le=1e10)]
Rate = Annotated[float, Field(ge=0, le=1e10)]
Loss = float  # of a run that ran away it is no number, or endless
Words = Annotated[str, Field(max_length=2_000)]


@dataclass(frozen=True)
class Evaluation:
    """A measurement inside an epoch. Accuracies are 0..1; validation is None where the split has none.

    train_accuracy and train_loss are means over the batches since the evaluation before. pinned holds the class
    probabilities of the pinned drawing, if there is one; gradients the norm of the last step's gradient by layer, from
    the image to the answer, empty before the first step. The fields after it are those of
    cnnlab.training.observation.Observation; runs of before it was made have their defaults.
    """

    step: Count
    train_loss: Loss | None
    train_accuracy: Fraction | None
    val_loss: Loss | None
    val_accuracy: Fraction | None
    pinned: tuple[float, ...] | None = None
    gradients: Mapping[str, float] = field(default_factory=dict)
    confidence: Fraction | None = None
    favourite: Count | None = None
    favourite_share: Fraction | None = None
    dead: Mapping[str, Fraction] = field(default_factory=dict)
    alike: tuple[Words, ...] = ()
    affine: bool = False


LEARNING_RATE, DIVERGED = "learning rate", "loss no longer a number"  # what may happen to a run


@dataclass(frozen=True)
class Event:
    """What happened to a run after its step `step`: `what` is LEARNING_RATE, set by hand to `value`, or DIVERGED."""

    step: Count
    what: Words
    value: Rate | None = None

    @property
    def words(self) -> str:
        """For people: "learning rate 0.05"."""
        return self.what if self.value is None else f"{self.what} {self.value:g}"


@dataclass(frozen=True)
class EpochResult:
    """One epoch: means over its training batches, the score on all validation images, and its last step.

    epoch 0 is the untrained network. `complete` is False for the epoch in which a run was stopped. seconds: the run's
    time so far without pauses.
    """

    epoch: Count
    step: Count
    complete: bool
    learning_rate: Rate
    train_loss: Loss | None
    train_accuracy: Fraction | None
    val_loss: Loss | None
    val_accuracy: Fraction | None
    seconds: Seconds


def newest(rows: Sequence[Evaluation] | Sequence[EpochResult], field: str) -> float | None:
    """The last known value of a field of the rows, such as val_accuracy; None where there is none."""
    return next((value for row in reversed(rows) if (value := getattr(row, field)) is not None), None)


def best_epoch(epochs: Sequence[EpochResult]) -> int:
    """The epoch with the highest validation accuracy, the latest of equals; the last without validation; 0 for none."""
    best = max(epochs, key=lambda row: (row.val_accuracy or 0, row.epoch), default=None)
    return best.epoch if best else 0


@dataclass(frozen=True)
class LaneMark:
    """A run's place in a race: the race's name, alike for all its lanes, and what is different about this one."""

    race: Annotated[str, Field(min_length=1, max_length=120)]
    words: Annotated[str, Field(max_length=200)]


@dataclass(frozen=True)
class StudyMark:
    """A run's place in a study: its name, alike for all its runs; which of how many trials, from 0; what they vary."""

    study: Annotated[str, Field(min_length=1, max_length=60)]
    trial: Count
    trials: Count
    varied: Annotated[tuple[Annotated[str, Field(max_length=60)], ...], Field(max_length=12)]  # names of settings


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `state` is finished, stopped or failed; accuracies are 0..1, times in seconds.

    A stopped run is not tested: whoever presses Stop does not want to wait. images_per_second counts training steps
    only. best_epoch has the highest validation accuracy (the last epoch where nothing validates). early: the
    validation loss ended it before its last epoch. noun: what one test example is called.
    """

    state: Literal["finished", "stopped", "failed"]
    epochs: Count
    seconds: Seconds
    images_per_second: Rate
    test_images: Count = 0
    test_loss: Loss | None = None
    test_accuracy: Fraction | None = None
    val_accuracy: Fraction | None = None
    best_epoch: Count = 0
    early: bool = False
    noun: Words = "digit"
    error: Words | None = None

    @property
    def sentence(self) -> str:
        """What happened, for the page."""
        if self.state == "failed":
            return self.error or "Training failed."
        if self.test_accuracy is None:
            return f"Stopped after {duration(self.seconds)} and {self.epochs} whole epoch{'s' * (self.epochs != 1)}."
        right = f"{100 * self.test_accuracy:.1f} % of {self.test_images:,} test {self.noun}s right"
        if self.state == "stopped":
            return f"{right} when stopped in epoch {self.epochs + 1}, after {duration(self.seconds)}."
        epochs = f"{self.epochs} epoch{'s' * (self.epochs != 1)}"
        why = ", when the validation loss no longer fell" if self.early else ""
        return f"{right} after {epochs} in {duration(self.seconds)}{why}; best epoch {self.best_epoch}."


def duration(seconds: float) -> str:
    """Seconds as people say them: 41 s, 3 min 5 s, 2 h 10 min."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
