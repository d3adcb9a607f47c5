"""Custom data sets: decoded once, one safetensors file each."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any, BinaryIO

import safetensors.torch
import torch
from safetensors import safe_open

from cnnlab.common import paths
from cnnlab.common.files import replacing
from cnnlab.common.text import first_line
from cnnlab.data.dataset import Dataset, is_class_name
from cnnlab.data.datasets.download import Progress
from cnnlab.data.datasets.image_folders import Found, Pictures, decoded, in_colour, pictures_in
from cnnlab.data.datasets.set_file import TENSORS, described, images_in, writing
from cnnlab.errors import CnnlabError

PREFIX = "folder:"  # names of custom data sets in settings begin with it
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,39}", re.ASCII)


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

    name: after `file_name` if not given. What is too large for memory (paths.dataset_bytes) is written picture by
    picture. Raises CnnlabError, keeping nothing, when the name is taken or not allowed or the pictures cannot be used
    (see pictures_in).
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
    with pictures_in(source, file_name, size) as pictures:
        about = {"notes": pictures.notes, "source": file_name}
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            if len(pictures) * 3 * prod(pictures.size) > paths.dataset_bytes():
                _write_each(target, pictures, about, progress)
            else:
                _write_whole(target, decoded(pictures, progress), about)
        except OSError as error:
            raise CnnlabError(f"{target} could not be saved ({error.strerror or error}): free some space.") from error
    return describe(PREFIX + name)


def _write_whole(target: Path, found: Found, about: Mapping[str, Any]) -> None:
    train, test = found.train, found.test
    tensors = dict(zip(TENSORS, (train.images, train.labels, test.images, test.labels), strict=True))
    metadata = described({"classes": train.classes, "mean": train.mean, "std": train.std, **about})
    with replacing(target) as file:
        file.write(safetensors.torch.save(tensors, metadata))


def _write_each(target: Path, pictures: Pictures, about: Mapping[str, Any], progress: Progress | None) -> None:
    """Grey as long as no picture has colour; with the first one all is begun anew, in colour."""
    for channels in (1, 3):
        pictures.bytes(channels)
        shape = (channels, *pictures.size)
        with suppress(_ColourError), writing(target, shape, pictures.labels, pictures.classes, about) as writer:
            for place, picture in pictures.decode(progress):
                if channels == 1 and in_colour(picture):
                    raise _ColourError
                writer.put(place, picture[None, :channels])
            return


class _ColourError(Exception):
    """What was written as grey is not."""


def load_custom(name: str) -> tuple[Dataset, Dataset]:
    """(train, test) of a custom data set; images that are too large for memory (paths.dataset_bytes) stay in the file.

    Raises CnnlabError where there is none of this name, or a damaged one.
    """
    with _opened(name) as file:
        classes = _classes(file)
        mean, std = (tuple(json.loads(file.metadata()[key])) for key in ("mean", "std"))
        labels = [file.get_tensor(key) for key in TENSORS[1::2]]
        files = images_in(file_of(name))
        large = sum(each.nbytes for each in files) > paths.dataset_bytes()
        images = [each.mapped() for each in files] if large else [file.get_tensor(key) for key in TENSORS[::2]]
    parts = []
    for pixels, numbers, lies in zip(images, labels, files, strict=True):
        fits = numbers.shape == pixels.shape[:1]
        if not (fits and len(numbers) and numbers.min() >= 0 and numbers.max() < len(classes)):
            raise CnnlabError(f"{file_of(name)} is damaged: add the data set again.")
        parts.append(Dataset(pixels, numbers, classes, mean, std, lies if large else None))
    train, test = parts
    return train, test


def images_of(name: str) -> tuple[tuple[int, int, int], int]:
    """((C, H, W) of a custom data set's images, how many classes), from its file's header. Raises as load_custom."""
    with _opened(name) as file:
        _, channels, height, width = file.get_slice(TENSORS[0]).get_shape()
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
