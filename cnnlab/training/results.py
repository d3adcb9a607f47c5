"""The measurements of a run as immutable values: evaluations, epochs, outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Evaluation:
    """A measurement inside an epoch. Accuracies are 0..1; validation is None where the split has none.

    train_accuracy and train_loss are means over the batches since the evaluation before. pinned holds the class
    probabilities of the pinned drawing, if there is one; gradients the norm of the last step's gradient by layer, from
    the image to the answer, empty before the first step.
    """

    step: int
    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    pinned: tuple[float, ...] | None = None
    gradients: Mapping[str, float] = field(default_factory=dict)


LEARNING_RATE, DIVERGED = "learning rate", "loss no longer a number"  # what may happen to a run


@dataclass(frozen=True)
class Event:
    """What happened to a run after its step `step`: `what` is LEARNING_RATE, set by hand to `value`, or DIVERGED."""

    step: int
    what: str
    value: float | None = None

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

    epoch: int
    step: int
    complete: bool
    learning_rate: float
    train_loss: float | None
    train_accuracy: float | None
    val_loss: float | None
    val_accuracy: float | None
    seconds: float


def best_epoch(epochs: Sequence[EpochResult]) -> int:
    """The epoch with the highest validation accuracy, the latest of equals; the last without validation; 0 for none."""
    best = max(epochs, key=lambda row: (row.val_accuracy or 0, row.epoch), default=None)
    return best.epoch if best else 0


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `state` is finished, stopped or failed; accuracies are 0..1, times in seconds.

    A stopped run is not tested: whoever presses Stop does not want to wait. images_per_second counts training steps
    only. best_epoch has the highest validation accuracy (the last epoch where nothing validates). early: the
    validation loss ended it before its last epoch. noun: what one test example is called.
    """

    state: str
    epochs: int
    seconds: float
    images_per_second: float
    test_images: int = 0
    test_loss: float | None = None
    test_accuracy: float | None = None
    val_accuracy: float | None = None
    best_epoch: int = 0
    early: bool = False
    noun: str = "digit"
    error: str | None = None

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
