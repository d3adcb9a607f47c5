"""TrainConfig: all settings of a run in one immutable value, validated when it is made."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnlab import models
from cnnlab.data import datasets
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.splits import SPLITS
from cnnlab.errors import CnnlabError
from cnnlab.training.devices import DEVICES
from cnnlab.training.limits import bounded, limits_of
from cnnlab.training.optimizers import OPTIMIZERS
from cnnlab.training.schedules import SCHEDULES, Course

SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}  # as typed
NEED_VALIDATION = "{} is {!r}, but split 'none' validates nothing: choose another split."
ORDERS = ("shuffled", "sorted")  # training images anew in every epoch, or class after class in each
WEIGHTS = ("random", "zero")  # before the first step; zero: biases too
PIXELS = ("unit", "raw-255")  # normalised as the network does it, or 0..255 and not normalised
OPTION = "options."  # before a network's option where settings are named one by one


@dataclass(frozen=True)
class TrainConfig:
    """One run's settings. Made once, checked at once: a wrong value raises CnnlabError naming field, value, allowed."""

    recipe: str = "custom"  # the recipe it came from; part of the run's name
    network: str = "simple-cnn"  # a name of cnnlab.models
    options: Mapping[str, Any] = field(default_factory=models.Options)  # of that network; what is missing is default
    dataset: str = "mnist"  # a name of cnnlab.data
    split: str = "holdout"  # a name of cnnlab.data.splits
    epochs: int = bounded(3, 1, 1_000)  # passes over the training images
    batch_size: int = bounded(64, 1, 10_000)  # images a step

    optimizer: str = "adam"  # a name of cnnlab.training.optimizers
    learning_rate: float = bounded(1e-3, 1e-8, 100.0)  # the schedule's highest; can be changed while the run goes
    schedule: str = "constant"  # a name of cnnlab.training.schedules
    step_size: int = bounded(1, 1, 1_000)  # schedule step: epochs after each of which the rate is multiplied by gamma
    milestones: tuple[int, ...] = bounded((), 1, 1_000)  # schedule multistep: epochs after each of which it is
    gamma: float = bounded(0.1, 1e-4, 1.0)  # what the schedules step, multistep and plateau multiply the rate by
    patience: int = bounded(10, 0, 1_000)  # schedule plateau: epochs without a lower validation loss that are tolerated
    momentum: float = bounded(0.0, 0.0, 0.9999)  # sgd and rmsprop only
    nesterov: bool = False  # sgd only: the momentum looks a step ahead
    weight_decay: float = bounded(0.0, 0.0, 1.0)  # L2 (adamw: decoupled)
    label_smoothing: float = bounded(0.0, 0.0, 0.9)  # fraction of each label spread evenly over all classes

    ema: float = bounded(0.0, 0.0, 0.99999)  # fraction of the weight average kept at a step (methods.ema); 0 is off
    mixed_precision: bool = False  # forward and backward passes in bfloat16 where torch holds that safe
    early_stopping: int = bounded(0, 0, 1_000)  # epochs without a lower validation loss that end the run; 0 is off
    keep: int = bounded(0, 0, 1_000)  # weights kept on disk: untrained, best and so many last epochs; 0 is all

    # amounts of augmentation (cnnlab.data.augment), 0 is off
    augment_rotation: float = bounded(0.0, 0.0, 180.0, slider=45.0)  # degrees either way
    augment_shear: float = bounded(0.0, 0.0, 1.0, slider=0.6)  # slant, sideways pixels a row
    augment_scale: float = bounded(0.0, 0.0, 0.9, slider=0.5)  # fraction of the size
    augment_aspect: float = bounded(0.0, 0.0, 0.9, slider=0.5)  # fraction by which width grows and height shrinks
    augment_shift: float = bounded(0.0, 0.0, 100.0, slider=8.0)  # pixels
    augment_elastic: float = bounded(0.0, 0.0, 10.0, slider=2.5)  # pixels of smooth warp
    augment_thickness: float = bounded(0.0, 0.0, 2.0)  # pixels of stroke
    augment_forms: float = bounded(0.0, 0.0, 1.0)  # fraction of 1s with a flag, of fewer 7s with a bar, 0s with a slash
    augment_written: float = bounded(0.0, 0.0, 1.0)  # fraction of the images replaced by digits written with a pen
    augment_crop: int = bounded(0, 0, 100, slider=8)  # pixels of black border, out of which the old size is cut
    augment_flip: float = bounded(0.0, 0.0, 1.0)  # fraction mirrored left to right; not for digits and letters
    augment_erasing: float = bounded(0.0, 0.0, 1.0)  # fraction in which a rectangle is blackened

    outliers: float = bounded(0.0, 0.0, 0.5)  # fraction of a batch that shows no digit (methods.outlier_exposure)

    start_from: str = ""  # RUN[@EPOCH] whose weights a run begins with; its head only if the classes are as many
    freeze: tuple[str, ...] = ()  # layers, by name, whose weights stay as they are
    teacher: str = ""  # RUN[@EPOCH] whose answers are taught beside the labels (cnnlab.training.methods.distillation)
    temperature: float = bounded(4.0, 0.1, 100.0)  # by which both networks' logits are divided for that
    distill_weight: float = bounded(0.5, 0.0, 1.0)  # fraction of the teacher in the loss

    # faults made on purpose, all off by default (cnnlab.data.spoiling, cnnlab.training.methods.spoiled_start)
    train_images: int = bounded(0, 0, 10_000_000)  # only so many, alike from every class, drawn by the seed; 0 is all
    wrong_labels: float = bounded(0.0, 0.0, 1.0)  # fraction of the training labels that name another class
    test_leak: bool = False  # the test images, rightly labelled, are among the training images
    order: str = "shuffled"  # a name of ORDERS
    weights: str = "random"  # a name of WEIGHTS
    pixels: str = "unit"  # a name of PIXELS

    seed: int = bounded(0, 0, 2**31 - 1)  # first weights, order of images, dropout, augmentation
    device: str = "auto"  # cuda, else mps, else cpu
    eval_every: int = bounded(100, 1, 1_000_000)  # steps between two measurements inside an epoch, as A3 does
    eval_images: int = bounded(1_000, 1, 1_000_000)  # validation images in such a measurement, always the same ones

    def __post_init__(self):
        for each in dataclasses.fields(self):
            if each.name == "options":
                continue
            value, kind = getattr(self, each.name), LISTS.get(each.name)
            typed = _listed(each.name, value, kind) if kind else _typed(each.name, value, type(each.default))
            object.__setattr__(self, each.name, typed)
        models.spec(self.network)
        if not isinstance(self.options, Mapping):
            raise CnnlabError(f"options is {self.options!r}: it must be a set of names with values.")
        object.__setattr__(self, "options", models.Options(models.spec(self.network).checked(self.options)))
        datasets.check(self.dataset)
        _among("split", self.split, SPLITS)
        _among("optimizer", self.optimizer, OPTIMIZERS)
        _among("schedule", self.schedule, SCHEDULES)
        _among("device", self.device, DEVICES)
        _among("order", self.order, ORDERS)
        _among("weights", self.weights, WEIGHTS)
        _among("pixels", self.pixels, PIXELS)
        for name, limits in LIMITS.items():
            value = getattr(self, name)
            for each in value if name in LISTS else (value,):
                limits.check(name, each)
        self._check_schedule()
        if self.nesterov and (self.optimizer != "sgd" or not self.momentum):
            raise CnnlabError("nesterov is on: it needs the optimizer sgd and a momentum above 0.")
        if self.early_stopping and self.split == "none":
            raise CnnlabError(NEED_VALIDATION.format("early_stopping", self.early_stopping))
        if self.weights == "zero" and self.start_from:
            raise CnnlabError(
                f"weights is 'zero', but start_from is {self.start_from!r}, whose weights it would begin with: choose "
                "one of them."
            )
        for name in ("augment_forms", "augment_written", "outliers"):
            if (value := getattr(self, name)) and not datasets.spec(self.dataset).digits:
                raise CnnlabError(f"{name} is {value:g}: {self.dataset} has no digits, so it must be 0.")
        if self.augment_flip and not datasets.spec(self.dataset).mirrors:
            raise CnnlabError(
                f"augment_flip is {self.augment_flip:g}: a mirrored sign of {self.dataset} is another one or none, "
                "so it must be 0."
            )

    def _check_schedule(self) -> None:
        if list(self.milestones) != sorted(set(self.milestones)):
            written = ",".join(map(str, self.milestones))
            raise CnnlabError(f"milestones is {written}: the epochs must rise, each named once.")
        if self.schedule == "multistep" and not self.milestones:
            raise CnnlabError("milestones is empty: the schedule multistep needs epochs, for example 30,60.")
        if self.schedule == "plateau" and self.split == "none":
            raise CnnlabError(NEED_VALIDATION.format("schedule", self.schedule))

    def course(self, steps_per_epoch: int) -> Course:
        """What the schedule depends on, for epochs of so many steps."""
        total = steps_per_epoch * self.epochs
        return Course(
            total,
            per_epoch=steps_per_epoch,
            step_size=self.step_size,
            gamma=self.gamma,
            milestones=self.milestones,
        )

    @property
    def augmentation(self) -> Augmentation:
        """The augment_* settings as one value."""
        amounts = dataclasses.fields(Augmentation)
        return Augmentation(**{amount.name: getattr(self, f"augment_{amount.name}") for amount in amounts})

    def replace(self, **changes: Any) -> TrainConfig:
        """The same settings but for `changes`; values may be text, as typed on a command line.

        "options.channels" changes that option alone; another network starts with its own defaults. Raises CnnlabError
        for an unknown field or a wrong value.
        """
        known = {each.name for each in dataclasses.fields(self)}
        single = {name.removeprefix(OPTION): changes.pop(name) for name in list(changes) if name.startswith(OPTION)}
        for name in changes:
            if name not in known:
                raise CnnlabError(f"{name!r} is no setting: choose one of {', '.join(sorted(known))}.")
        same = changes.get("network", self.network) == self.network
        options = changes.pop("options", self.options if same else {})
        if single:
            options = {**options, **single}
        return dataclasses.replace(self, **changes, options=options)

    def agrees(self, other: TrainConfig, apart_from: Collection[str] = ()) -> bool:
        """Whether both have the same settings, whatever those of these names are."""
        names = {each.name for each in dataclasses.fields(self)} - set(apart_from)
        return all(getattr(self, name) == getattr(other, name) for name in names)

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; TrainConfig.from_dict is its inverse."""
        values = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        return {**values, "options": models.Options(self.options).plain()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainConfig:
        """A config from as_dict's output; fields it lacks take their defaults. Raises CnnlabError as the class does."""
        return cls().replace(**values)


LIMITS = limits_of(TrainConfig)  # by field; widgets read them too
LISTS = {"milestones": int, "freeze": str}  # fields with several values, and what each is


def _listed(name: str, values: Any, kind: type) -> tuple:
    """`values` as a tuple; as text they stand between commas."""
    if isinstance(values, str):
        values = [part.strip() for part in values.split(",") if part.strip()]
    if not isinstance(values, (list, tuple)):
        values = [values]
    return tuple(_typed(name, value, kind) for value in values)


def _typed(name: str, value: Any, kind: type) -> Any:
    try:
        if kind is bool and not isinstance(value, bool):
            return SWITCH[str(value).lower()]
        if kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError
        if kind is str and not isinstance(value, str):
            raise TypeError
        return kind(value)
    except (TypeError, ValueError, KeyError, OverflowError):
        nouns = {int: "a whole number", float: "a number", str: "a word", bool: "true or false"}
        raise CnnlabError(f"{name} is {value!r}: it must be {nouns[kind]}.") from None


def _among(name: str, value: str, allowed: Any) -> None:
    if value not in allowed:
        raise CnnlabError(f"{name} is {value!r}: choose one of {', '.join(allowed)}.")
