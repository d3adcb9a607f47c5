"""What a run says of itself, run.json and the head of every weight file: checked as a whole where it is read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal

import pydantic_core
from pydantic import AfterValidator, Field, PlainValidator, TypeAdapter, ValidationError

from cnnlab import models
from cnnlab.common.text import dimensions
from cnnlab.data.dataset import is_class_name
from cnnlab.data.datasets.image_folders import LARGEST as LARGEST_SIDE
from cnnlab.data.datasets.image_folders import MOST_CLASSES
from cnnlab.errors import CnnlabError
from cnnlab.training.config import LIMITS, TrainConfig
from cnnlab.training.results import Count, EpochResult, Evaluation, Event, LaneMark, Loss, Outcome, StudyMark

SCHEMA: Literal[1] = 1
LARGEST = 8_000_000  # bytes of run.json, and of a weight file's head
MOST_EPOCHS = int(LIMITS["epochs"].high)
_CHECKPOINT_KEYS = ("config", "classes", "image_shape", "epoch")


def _settings(value: Any) -> TrainConfig:
    if not isinstance(value, Mapping):
        raise ValueError("it must be a set of settings")
    return TrainConfig.from_dict(value)


def _in_utc(value: datetime) -> datetime:
    try:
        return value.astimezone(timezone.utc) if value.tzinfo else value.replace(tzinfo=timezone.utc)
    except OverflowError as error:
        raise ValueError("it should lie between the years 1 and 9999") from error


def _named(value: str) -> str:
    if not is_class_name(value):
        raise ValueError("it cannot be a class's name")
    return value


Side = Annotated[int, Field(ge=1, le=LARGEST_SIDE)]
ClassName = Annotated[str, AfterValidator(_named)]


@dataclass(frozen=True)
class Identity:
    """What a run and each of its weight files say alike. image_shape: (channels, height, width)."""

    config: Annotated[TrainConfig, PlainValidator(_settings)]
    classes: Annotated[tuple[ClassName, ...], Field(min_length=2, max_length=MOST_CLASSES)]
    image_shape: tuple[Literal[1, 3], Side, Side]


@dataclass(frozen=True)
class Record(Identity):
    """run.json. created: in UTC; losses: (step, training loss), thinned; what a run under way lacks has a default."""

    schema: Literal[1]
    created: Annotated[datetime, AfterValidator(_in_utc)]
    epochs: Annotated[tuple[EpochResult, ...], Field(max_length=MOST_EPOCHS + 1)]
    outcome: Outcome | None = None
    losses: tuple[tuple[Count, Loss], ...] = ()
    evaluations: tuple[Evaluation, ...] = ()
    events: tuple[Event, ...] = ()
    lane: LaneMark | None = None
    study: StudyMark | None = None


@dataclass(frozen=True)
class WeightsHead(Identity):
    """What the head of a weight file says beside the shapes of its tensors."""

    epoch: Annotated[int, Field(ge=0, le=MOST_EPOCHS)]


_RECORD, _HEAD = TypeAdapter(Record), TypeAdapter(WeightsHead)


def read(file: Path) -> Record:
    """What run.json says. Raises OSError, or CnnlabError saying what is wrong in it."""
    size = file.stat().st_size
    if size > LARGEST:
        raise CnnlabError(f"it has {size / 1e6:.0f} MB, at most {LARGEST / 1e6:.0f} MB are read")
    try:
        found = _RECORD.validate_json(file.read_bytes(), strict=True)
    except ValidationError as error:
        raise CnnlabError(what_is_wrong(error)) from error
    check_evaluations(found, found.evaluations)
    return found


def check_evaluations(identity: Identity, evaluations: Iterable[Evaluation]) -> None:
    """Raise CnnlabError where evaluations name what the network does not have."""
    layers = _outline(identity)[1]
    for each in evaluations:
        if strange := {*each.gradients, *each.dead, *each.alike} - layers:
            raise CnnlabError(f"evaluations name the layer {min(strange)!r:.60}, which its network does not have")
        if each.favourite is not None and each.favourite >= len(identity.classes):
            count = len(identity.classes)
            raise CnnlabError(f"evaluations name class {each.favourite}, but there are {count} classes")


def head(metadata: Mapping[str, str]) -> WeightsHead:
    """What the head of a weight file says, of its texts by name. Raises CnnlabError saying what is wrong in it."""
    parts = [f"{_quoted(key)}: {metadata[key]}" for key in _CHECKPOINT_KEYS if key in metadata]
    try:
        return _HEAD.validate_json(f"{{{', '.join(parts)}}}", strict=True)
    except ValidationError as error:
        raise CnnlabError(what_is_wrong(error)) from error


def shapes(identity: Identity) -> Mapping[str, tuple[int, ...]]:
    """The shapes of all tensors of the network, by name. Raises CnnlabError where there can be no such network."""
    return _outline(identity)[0]


def _outline(identity: Identity) -> tuple[Mapping[str, tuple[int, ...]], frozenset[str]]:
    config = identity.config
    try:
        return _outlined(config.network, models.Options(config.options), identity.image_shape, len(identity.classes))
    except (ValueError, TypeError, RuntimeError, ZeroDivisionError) as error:
        size = dimensions(identity.image_shape)
        raise CnnlabError(f"there is no {config.network} with its options for images of {size}") from error


@lru_cache(maxsize=256)
def _outlined(
    network: str, options: models.Options, image_shape: tuple[int, int, int], classes: int
) -> tuple[Mapping[str, tuple[int, ...]], frozenset[str]]:
    """(shapes of the tensors by name, names of the layers), without memory for any value."""
    model = models.outline(network, models.ImageSpec(image_shape, classes), options=options)
    sizes = {name: tuple(value.shape) for name, value in model.state_dict().items()}
    return sizes, frozenset(name for name, _ in model.named_modules())


def _quoted(key: str) -> str:
    return pydantic_core.to_json(key).decode()


def what_is_wrong(error: ValidationError) -> str:
    """The first thing that is wrong, "epochs[2].seconds is -1: …"."""
    wrong = error.errors(include_url=False)[0]
    where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in wrong["loc"]).lstrip(".")
    if wrong["type"] == "missing":
        return f"{where} is missing"
    reason = wrong["msg"].removeprefix("Value error, ")
    reason = re.sub("^Input ", "it ", reason[:1].lower() + reason[1:], flags=re.IGNORECASE)
    return f"{where} is {wrong['input']!r:.60}: {reason}" if where else reason
