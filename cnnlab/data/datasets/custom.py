"""Custom data sets: decoded once, one safetensors file each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import safetensors.torch
import torch
from safetensors import safe_open

from cnnlab.common import paths
from cnnlab.common.files import replacing
from cnnlab.common.text import first_line
from cnnlab.data.dataset import Dataset, is_class_name
from cnnlab.data.datasets.download import Progress
from cnnlab.data.datasets.image_folders import read_image_folders
from cnnlab.errors import CnnlabError

PREFIX = "folder:"  # names of custom data sets in settings begin with it
SCHEMA = "1"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,39}", re.ASCII)
_TENSORS = ("train_images", "train_labels", "test_images", "test_labels")


@dataclass(frozen=True)
class Description:
    """A custom data set in numbers. train, test: pictures of each class; shape: (C, H, W); mean, std: one a channel."""

    name: str
    classes: tuple[str, ...]
    train: tuple[int, ...]
    test: tuple[int, ...]
    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]
    notes: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """How many of what."""
        channels, height, width = self.shape
        colour = {1: "grey", 3: "colour"}.get(channels, f"{channels}-channel")
        return (
            f"{self.name}: {sum(self.train):,} {colour} pictures to train and {sum(self.test):,} to test, "
            f"{width}×{height} pixels, {len(self.classes)} classes"
        )


def is_name(name: str) -> bool:
    """Whether this can be a custom data set's name, after PREFIX."""
    return bool(_NAME.fullmatch(name))


def names() -> list[str]:
    """The custom data sets there are, as settings name them."""
    return sorted(PREFIX + file.stem for file in paths.custom_datasets().glob("*.safetensors") if is_name(file.stem))


def file_of(name: str) -> Path:
    """Where the data set "folder:…" lies, or would."""
    return paths.custom_datasets() / f"{name.removeprefix(PREFIX)}.safetensors"


def add(
    source: Path | BinaryIO,
    file_name: str,
    name: str = "",
    size: int | None = None,
    progress: Progress | None = None,
) -> Description:
    """Decode a folder of class folders, or a zip of one, and keep it as a custom data set.

    name: after `file_name` if not given. Raises CnnlabError, keeping nothing, when the name is taken or not allowed or
    the pictures cannot be used (see read_image_folders).
    """
    name = (name.strip() or re.sub(r"[^\w.-]+", "-", Path(file_name).stem, flags=re.ASCII).strip("-.")[:40]).lower()
    if not is_name(name):
        raise CnnlabError(
            f"A data set cannot be called {name!r}: use up to 40 letters, digits, '-', '_' and '.', beginning with a "
            "letter or digit."
        )
    target = file_of(name)
    if target.exists():
        raise CnnlabError(f"There is already a data set {PREFIX}{name}: choose another name, or delete {target}.")
    found = read_image_folders(source, file_name, size, progress)
    train, test = found.train, found.test
    tensors = dict(zip(_TENSORS, (train.images, train.labels, test.images, test.labels), strict=True))
    about = {"classes": train.classes, "mean": train.mean, "std": train.std, "notes": found.notes, "source": file_name}
    metadata = {"schema": SCHEMA, **{key: json.dumps(value) for key, value in about.items()}}
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with replacing(target) as file:
            file.write(safetensors.torch.save(tensors, metadata))
    except OSError as error:
        raise CnnlabError(f"{target} could not be saved ({error.strerror or error}): free some space.") from error
    return describe(PREFIX + name)


def load_custom(name: str) -> tuple[Dataset, Dataset]:
    """(train, test) of a custom data set. Raises CnnlabError where there is none of this name, or a damaged one."""
    with _opened(name) as file:
        classes = _classes(file)
        mean, std = (tuple(json.loads(file.metadata()[key])) for key in ("mean", "std"))
        tensors = [file.get_tensor(key) for key in _TENSORS]
    parts = []
    for images, labels in (tensors[:2], tensors[2:]):
        fits = images.dtype == torch.uint8 and images.ndim == 4 and labels.shape == images.shape[:1]
        if not (fits and len(labels) and labels.min() >= 0 and labels.max() < len(classes)):
            raise CnnlabError(f"{file_of(name)} is damaged: add the data set again.")
        parts.append(Dataset(images, labels, classes, mean, std))
    train, test = parts
    return train, test


def images_of(name: str) -> tuple[tuple[int, int, int], int]:
    """((C, H, W) of a custom data set's images, how many classes), from its file's header. Raises as load_custom."""
    with _opened(name) as file:
        _, channels, height, width = file.get_slice(_TENSORS[0]).get_shape()
        return (channels, height, width), len(_classes(file))


def describe(name: str) -> Description:
    """A custom data set in numbers. Raises as load_custom."""
    train, test = load_custom(name)
    with _opened(name) as file:
        notes = tuple(json.loads(file.metadata()["notes"]))
    return Description(
        name=name,
        classes=train.classes,
        train=_counts(train),
        test=_counts(test),
        shape=train.image_shape,
        mean=train.mean,
        std=train.std,
        notes=notes,
    )


def _classes(file: safe_open) -> tuple[str, ...]:
    classes = tuple(json.loads(file.metadata()["classes"]))
    if not all(isinstance(each, str) and is_class_name(each) for each in classes):
        raise ValueError("its classes have names that no class can have")
    return classes


def _counts(part: Dataset) -> tuple[int, ...]:
    return tuple(torch.bincount(part.labels, minlength=len(part.classes)).tolist())


@contextmanager
def _opened(name: str) -> Iterator[safe_open]:
    """The file, open; what fails within the block becomes one sentence."""
    path = file_of(name)
    if not path.exists():
        raise CnnlabError(
            f"dataset is {name!r}: there is no such data set here, so add it with `python -m cnnlab add-data "
            f"FOLDER --name {name.removeprefix(PREFIX)}`, or choose another one."
        )
    try:
        with safe_open(path, "pt") as file:
            yield file
    except CnnlabError:
        raise
    except Exception as error:  # a damaged file fails in many ways, and later in the block too
        raise CnnlabError(f"{path} is damaged ({first_line(error)}): add the data set again.") from error


def listed(counts: Sequence[int], classes: Sequence[str]) -> str:
    """As in "cat 40, dog 38"."""
    return ", ".join(f"{name} {count:,}" for name, count in zip(classes, counts, strict=True))
