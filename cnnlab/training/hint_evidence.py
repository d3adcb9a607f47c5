"""A hint, and what the rules for hints look at: a run's measurements so far."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal

from cnnlab.training.config import LIMITS, TrainConfig
from cnnlab.training.results import EpochResult, Evaluation, Event

NEAR_CHANCE = 0.1  # of the way from guessing to all right: 19 % of ten classes, which guessing never reaches
ALIKE_LOSS = 0.15  # of ln(classes): a loss that near to it is that of guessing, give or take a bias that swings


@dataclass(frozen=True)
class Hint:
    """What is seen in a run, why, and what to try.

    seen is a sentence; why and advice are the halves of another one. figures: what they are based on. change: the
    settings of the next run that follow the advice, empty where none does; words: that change, for a button.
    """

    name: str
    kind: Literal["fault", "advice"]
    seen: str
    why: str
    advice: str
    figures: str
    change: Mapping[str, Any] = field(default_factory=dict)
    words: str = ""

    def __post_init__(self):
        object.__setattr__(self, "change", MappingProxyType(dict(self.change)))

    @property
    def sentence(self) -> str:
        """All of it but the figures."""
        return f"{self.seen} {self.why}; {self.advice}."

    def without_change(self) -> Hint:
        """The same words, with nothing to apply."""
        return replace(self, change={}, words="")


class Evidence:
    """A run's settings and its measurements so far, which only ever grow.

    classes: how many it tells apart; whole_epochs: the complete ones, without the untrained network; first_loss: the
    loss of the first batch, before any weight moved, None where it was not measured alone; highest: the evaluation of
    the highest training loss after that.
    """

    def __init__(self, config: TrainConfig, classes: Sequence[str], steps_per_epoch: int):
        self.config = config
        self.classes = len(classes)
        self._names = tuple(classes)
        self.steps_per_epoch = steps_per_epoch
        self.evaluations: list[Evaluation] = []
        self.epochs: list[EpochResult] = []
        self.whole_epochs: list[EpochResult] = []
        self.events: list[Event] = []
        self.rate = config.learning_rate  # the last one set, in the settings or by hand
        self.first_loss: float | None = None
        self.highest: Evaluation | None = None

    def add_evaluation(self, evaluation: Evaluation) -> None:
        """Take in an evaluation."""
        self.evaluations.append(evaluation)
        loss = evaluation.train_loss
        if evaluation.step == 1:
            self.first_loss = loss
        elif loss is not None and loss > ((self.highest and self.highest.train_loss) or 0):
            self.highest = evaluation

    def add_epoch(self, epoch: EpochResult) -> None:
        """Take in an epoch."""
        self.epochs.append(epoch)
        if epoch.complete and epoch.epoch:
            self.whole_epochs.append(epoch)

    def add_event(self, event: Event) -> None:
        """Take in what happened."""
        self.events.append(event)
        if event.value is not None:
            self.rate = event.value

    @property
    def last(self) -> Evaluation:
        """The newest evaluation."""
        return self.evaluations[-1]

    @property
    def favourite(self) -> str:
        """The name of the class that the last evaluation saw predicted most often; empty where it was not counted."""
        return "" if self.last.favourite is None else self._names[self.last.favourite]

    @cached_property
    def guess(self) -> float:
        """The loss of a network that gives every class the same probability."""
        return math.log(self.classes)

    @property
    def guessing(self) -> str:
        """That loss, as a sentence."""
        return f"{self.guess:.2f} = ln {self.classes}: guessing."

    def loss(self, each: Evaluation) -> float | None:
        """The loss of an evaluation: of validation, else of training."""
        return each.train_loss if each.val_loss is None else each.val_loss

    def accuracy(self, each: Evaluation) -> float | None:
        """The accuracy of an evaluation, 0..1: of validation, else of training."""
        return each.train_accuracy if each.val_accuracy is None else each.val_accuracy

    @property
    def at_chance(self) -> bool:
        """Whether the last evaluation, in training and validation, was hardly more often right than who guesses.

        Batch normalisation lags behind in the first steps: then validation alone looks like guessing.
        """
        known = [each for each in (self.last.train_accuracy, self.last.val_accuracy) if each is not None]
        chance = 1 / self.classes
        return bool(known) and max(known) < chance + NEAR_CHANCE * (1 - chance)

    @property
    def costs_a_guess(self) -> bool:
        """Whether the last training loss was that of guessing."""
        loss = self.last.train_loss
        return loss is not None and abs(loss - self.guess) < ALIKE_LOSS * self.guess

    @property
    def over(self) -> bool:
        """Whether the last epoch of the settings is complete."""
        return bool(self.epochs) and self.epochs[-1].complete and self.epochs[-1].epoch >= self.config.epochs

    @property
    def dropout(self) -> float:
        """The largest fraction that a layer drops, as far as the network's options say."""
        options = self.config.options
        layers = [each.get("p", 0.0) for each in options.get("layers", ()) if each["kind"] == "dropout"]
        single = options.get("dropout", 0.0)
        return max([0.0, *layers, single if isinstance(single, (int, float)) else 0.0])


def rate_words(rate: float) -> str:
    """A learning rate without an exponent: 1.0, 0.01, 0.00001."""
    written = f"{rate:.10f}".rstrip("0")
    return f"{written}0" if written.endswith(".") else written


def another_rate(rate: float, factor: float) -> tuple[float, dict[str, Any], str]:
    """`rate` times `factor` in two digits and within the limits; the change to it, and the button's words."""
    limits = LIMITS["learning_rate"]
    value = min(max(float(f"{rate * factor:.2g}"), limits.low), limits.high)
    return value, {"learning_rate": value}, f"learning rate {rate_words(value)}"
