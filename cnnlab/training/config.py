"""Everything that decides how a run goes, in one validated, immutable value."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cnnlab import models
from cnnlab.data import datasets
from cnnlab.data.augment.geometric import Augmentation
from cnnlab.data.splits import SPLITS
from cnnlab.errors import CnnlabError
from cnnlab.training.devices import DEVICES
from cnnlab.training.optimizers import OPTIMIZERS
from cnnlab.training.schedules import SCHEDULES, Course

SWITCH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}  # as typed
NEED_VALIDATION = "{} is {!r}, but split 'none' validates nothing: choose another split."
OPTION = "options."  # before a network's option where settings are named one by one


@dataclass(frozen=True)
class TrainConfig:
    """One run's settings. Made once, checked at once: a wrong value raises CnnlabError naming field, value, allowed."""

    recipe: str = "custom"  # the recipe it came from; part of the run's name
    network: str = "simple-cnn"  # a name of cnnlab.models
    options: Mapping[str, Any] = field(default_factory=models.Options)  # of that network; what is missing is default
    dataset: str = "mnist"  # a name of cnnlab.data
    split: str = "holdout"  # a name of cnnlab.data.splits
    epochs: int = 3  # passes over the training images
    batch_size: int = 64  # images a step
    optimizer: str = "adam"  # a name of cnnlab.training.optimizers
    learning_rate: float = 1e-3  # the schedule's highest; can be changed while the run goes
    schedule: str = "constant"  # a name of cnnlab.training.schedules
    step_size: int = 1  # epochs, schedule step: the rate is multiplied by gamma after every so many
    milestones: tuple[int, ...] = ()  # epochs, schedule multistep: at the end of each the rate is multiplied by gamma
    gamma: float = 0.1  # what the schedules step, multistep and plateau multiply the rate by
    patience: int = 10  # epochs, schedule plateau: after more without a lower validation loss the rate is multiplied
    momentum: float = 0.0  # sgd and rmsprop only
    nesterov: bool = False  # sgd only: the momentum looks a step ahead
    weight_decay: float = 0.0  # L2 (adamw: decoupled)
    label_smoothing: float = 0.0  # share of each label spread evenly over all classes
    ema: float = 0.0  # weight averaging: share of the average kept at a step, 0 is off (cnnlab.training.methods.ema)
    mixed_precision: bool = False  # forward and backward passes in bfloat16 where torch holds that safe
    early_stopping: int = 0  # epochs without a lower validation loss after which the run ends; 0 is never
    keep: int = 0  # weights kept on disk: of the untrained, the best and the last so many epochs; 0 is all
    augment_rotation: float = 0.0  # degrees either way; this and the next: see cnnlab.data.augment.geometric, 0 is off
    augment_shear: float = 0.0  # slant, sideways pixels a row
    augment_scale: float = 0.0  # share of the size
    augment_aspect: float = 0.0  # share by which images get wider and lower, or the reverse
    augment_shift: float = 0.0  # pixels
    augment_elastic: float = 0.0  # pixels of smooth warp
    augment_thickness: float = 0.0  # pixels of stroke
    augment_forms: float = (
        0.0  # share of 1s given a flag, fewer 7s a bar and 0s a slash (cnnlab.data.augment.digit_styles)
    )
    augment_crop: int = 0  # pixels of black border, out of which an image of the old size is cut
    augment_flip: float = 0.0  # share mirrored left to right; not for digits and letters
    augment_erasing: float = 0.0  # share in which a rectangle is blackened
    start_from: str = ""  # RUN[@EPOCH] whose weights a run begins with; its head only if the classes are as many
    freeze: tuple[str, ...] = ()  # layers, by name, whose weights stay as they are
    teacher: str = ""  # RUN[@EPOCH] whose answers are taught beside the labels (cnnlab.training.methods.distillation)
    temperature: float = 4.0  # by which both networks' logits are divided for that
    distill_weight: float = 0.5  # share of the teacher in the loss
    seed: int = 0  # first weights, order of images, dropout, augmentation
    device: str = "auto"  # cuda, else mps, else cpu
    eval_every: int = 100  # steps between two measurements inside an epoch, as A3 does
    eval_images: int = 1_000  # validation images in such a measurement, always the same ones

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
        _within("epochs", self.epochs, 1, 1_000)
        _within("batch_size", self.batch_size, 1, 10_000)
        _within("learning_rate", self.learning_rate, 1e-8, 100.0)
        self._check_schedule()
        _within("momentum", self.momentum, 0.0, 0.9999)
        if self.nesterov and (self.optimizer != "sgd" or not self.momentum):
            raise CnnlabError("nesterov is on: it needs the optimizer sgd and a momentum above 0.")
        _within("weight_decay", self.weight_decay, 0.0, 1.0)
        _within("label_smoothing", self.label_smoothing, 0.0, 0.9)
        self._check_methods()
        _within("augment_rotation", self.augment_rotation, 0.0, 180.0)
        _within("augment_shear", self.augment_shear, 0.0, 1.0)
        _within("augment_scale", self.augment_scale, 0.0, 0.9)
        _within("augment_aspect", self.augment_aspect, 0.0, 0.9)
        _within("augment_shift", self.augment_shift, 0.0, 100.0)
        _within("augment_elastic", self.augment_elastic, 0.0, 10.0)
        _within("augment_thickness", self.augment_thickness, 0.0, 2.0)
        _within("augment_forms", self.augment_forms, 0.0, 1.0)
        if self.augment_forms and not datasets.spec(self.dataset).digits:
            raise CnnlabError(
                f"augment_forms is {self.augment_forms:g}: {self.dataset} has no digits, so it must be 0."
            )
        _within("augment_crop", self.augment_crop, 0, 100)
        _within("augment_flip", self.augment_flip, 0.0, 1.0)
        _within("augment_erasing", self.augment_erasing, 0.0, 1.0)
        if self.augment_flip and not datasets.spec(self.dataset).mirrors:
            raise CnnlabError(
                f"augment_flip is {self.augment_flip:g}: a mirrored sign of {self.dataset} is another one or none, "
                "so it must be 0."
            )
        _within("seed", self.seed, 0, 2**31 - 1)
        _within("eval_every", self.eval_every, 1, 1_000_000)
        _within("eval_images", self.eval_images, 1, 1_000_000)

    def _check_schedule(self) -> None:
        _within("step_size", self.step_size, 1, 1_000)
        _within("gamma", self.gamma, 1e-4, 1.0)
        _within("patience", self.patience, 0, 1_000)
        for milestone in self.milestones:
            _within("milestones", milestone, 1, 1_000)
        if list(self.milestones) != sorted(set(self.milestones)):
            written = ",".join(map(str, self.milestones))
            raise CnnlabError(f"milestones is {written}: the epochs must rise, each named once.")
        if self.schedule == "multistep" and not self.milestones:
            raise CnnlabError("milestones is empty: the schedule multistep needs epochs, for example 30,60.")
        if self.schedule == "plateau" and self.split == "none":
            raise CnnlabError(NEED_VALIDATION.format("schedule", self.schedule))

    def _check_methods(self) -> None:
        _within("ema", self.ema, 0.0, 0.99999)
        _within("early_stopping", self.early_stopping, 0, 1_000)
        if self.early_stopping and self.split == "none":
            raise CnnlabError(NEED_VALIDATION.format("early_stopping", self.early_stopping))
        _within("keep", self.keep, 0, 1_000)
        _within("temperature", self.temperature, 0.1, 100.0)
        _within("distill_weight", self.distill_weight, 0.0, 1.0)

    def course(self, steps_per_epoch: int) -> Course:
        """What the schedule depends on, for epochs of so many steps."""
        total = steps_per_epoch * self.epochs
        return Course(total, steps_per_epoch, self.step_size, self.gamma, self.milestones)

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

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready; TrainConfig.from_dict is its inverse."""
        values = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        return {**values, "options": self.options.plain()}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> TrainConfig:
        """A config from as_dict's output; fields it lacks take their defaults. Raises CnnlabError as the class does."""
        return cls().replace(**values)


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
        return kind(value)
    except (TypeError, ValueError, KeyError):
        nouns = {int: "a whole number", float: "a number", str: "a word", bool: "true or false"}
        raise CnnlabError(f"{name} is {value!r}: it must be {nouns[kind]}.") from None


def _among(name: str, value: str, allowed: Any) -> None:
    if value not in allowed:
        raise CnnlabError(f"{name} is {value!r}: choose one of {', '.join(allowed)}.")


def _within(name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:  # also refuses NaN
        raise CnnlabError(f"{name} is {value:g}: it must lie between {low:g} and {high:g}.")
