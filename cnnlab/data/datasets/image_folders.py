"""Pictures in folders named after their classes, on disk or in a zip, decoded once."""

from __future__ import annotations

import re
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
import torch

from cnnlab.common import files, zips
from cnnlab.data import image_decoding
from cnnlab.data.dataset import LONGEST_CLASS_NAME, Dataset, channel_statistics, is_class_name
from cnnlab.data.datasets.download import Progress
from cnnlab.data.picture_files import MOST_BYTES as LARGEST_FILE
from cnnlab.errors import CnnlabError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".gif")
TRAIN, VALIDATION, TEST = ("train", "training"), ("val", "valid", "validation"), ("test", "testing")
TEST_SHARE = 5  # one of so many pictures of each class tests, where there is no folder for that
MOST_CLASSES = 256
SMALLEST, LARGEST, USUAL = 8, 256, 64  # sides in pixels: allowed, and what large photographs are reduced to
MOST_BYTES = 100_000_000_000  # decoded; what memory would not hold goes to the disk
MOST_FILES = 500_000
# A small zip may not become much: what is decoded, and all pixels of its pictures, are bounded by its own size.
FREE_BYTES, BYTES_A_BYTE = 140_000_000, 3
FREE_PIXELS, PIXELS_A_BYTE = 50_000_000, 60  # drawings on white have up to 50 pixels a byte
Parts = tuple[str, ...]  # a file's path inside the folder


@dataclass(frozen=True)
class Found:
    """train and test in an order of their own, so that any part has all classes; notes: sentences for the reader."""

    train: Dataset
    test: Dataset
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Pictures:
    """A folder's pictures before they are decoded.

    size: (H, W) of each; labels: int64, of those to train on and of those to test on; most: bytes that all of them may
    have. decode(progress) yields (place, uint8 [3, H, W]) in the order of the files, places in that of the labels, one
    part after the other.
    """

    name: str
    size: tuple[int, int]
    labels: tuple[np.ndarray, np.ndarray]
    classes: tuple[str, ...]
    notes: tuple[str, ...]
    most: int
    decode: Callable[[Progress | None], Iterator[tuple[int, np.ndarray]]]

    def __len__(self) -> int:
        return sum(map(len, self.labels))

    def bytes(self, channels: int) -> int:
        """Of all of them, decoded. Raises CnnlabError where that is too much."""
        height, width = self.size
        size = channels * len(self) * height * width
        if size > self.most:
            colour = " in colour" if channels > 1 else ""
            raise CnnlabError(
                f"{self.name} holds {len(self):,} pictures{colour}, too many at {width}×{height} pixels: choose a "
                "smaller size."
            )
        return size


def read_image_folders(
    source: Path | BinaryIO, name: str, size: int | None = None, progress: Progress | None = None
) -> Found:
    """The pictures of a folder, or of a zip of one, decoded in memory: see pictures_in; `progress` is told of pictures.

    They are grey where none has colour. Raises CnnlabError as pictures_in, or naming the picture that cannot be used.
    """
    with pictures_in(source, name, size) as pictures:
        return decoded(pictures, progress)


def decoded(pictures: Pictures, progress: Progress | None = None) -> Found:
    """`pictures` in memory. Raises as read_image_folders."""
    pixels = np.zeros((len(pictures), 1, *pictures.size), np.uint8)
    for place, picture in pictures.decode(progress):
        if pixels.shape[1] == 1 and in_colour(picture):  # the first one
            pictures.bytes(3)
            pixels = np.repeat(pixels, 3, axis=1)
        pixels[place] = picture[: pixels.shape[1]]
    count, classes = len(pictures.labels[0]), pictures.classes
    images, labels = torch.from_numpy(pixels), [torch.from_numpy(each) for each in pictures.labels]
    mean, std = channel_statistics(images[:count])
    train, test = (
        Dataset(part, each, classes, mean, std)
        for part, each in zip((images[:count], images[count:]), labels, strict=True)
    )
    return Found(train, test, pictures.notes)


def in_colour(picture: np.ndarray) -> bool:
    """Whether the channels of uint8 [3, H, W] differ."""
    return bool((picture[:1] != picture).any())


@contextmanager
def pictures_in(source: Path | BinaryIO, name: str, size: int | None = None) -> Iterator[Pictures]:
    """The pictures of class/picture, or of train/class/picture and test/class/picture, to be decoded in the block.

    Without a folder `test` a fifth of each class tests, chosen by a fixed seed. Pictures get the size that most of them
    have, at most 64×64, or size×size. Raises CnnlabError in one sentence naming `name`, or the picture, that cannot be
    used.
    """
    if size is not None and not SMALLEST <= size <= LARGEST:
        raise CnnlabError(f"size is {size}: it must lie between {SMALLEST} and {LARGEST} pixels.")
    with _opened(source, name) as (files, read, packed):
        layout = _laid_out(files, name)
        chosen = [*layout.train, *layout.test]
        sizes = _sizes(chosen, read, packed)
        height, width, note = _common_size(sizes, size)
        labels = np.array([label for _, label in chosen], np.int64)

        def decode(progress: Progress | None) -> Iterator[tuple[int, np.ndarray]]:
            for number, (parts, _) in enumerate(chosen):
                yield int(places[number]), image_decoding.decoded(read(parts), "/".join(parts), height, width)
                if progress and (number % 50 == 0 or number == len(chosen) - 1):
                    progress(name, number + 1, len(chosen))

        most = MOST_BYTES if packed is None else min(MOST_BYTES, max(FREE_BYTES, BYTES_A_BYTE * packed))
        shown = tuple(filter(None, (*layout.notes, note)))
        train, test = _parted(labels, len(layout.train), layout.classes, name)
        places = np.argsort(np.concatenate((train, test)))
        parted = labels[train], labels[test]
        pictures = Pictures(name, (height, width), parted, layout.classes, shown, most, decode)
        pictures.bytes(1)
        yield pictures


@dataclass(frozen=True)
class _Layout:
    """(file, label) of the pictures; test is empty where no folder says which ones test."""

    train: list[tuple[Parts, int]]
    test: list[tuple[Parts, int]]
    classes: tuple[str, ...]
    notes: list[str]


@contextmanager
def _opened(source: Path | BinaryIO, name: str) -> Iterator[tuple[list[Parts], Callable[[Parts], bytes], int | None]]:
    """(the files, a function that reads one of them, the size of the zip or None for a folder)."""
    if isinstance(source, Path) and not files.exists(source):
        raise CnnlabError(f"There is no {source}: give a folder of class folders, or a zip of one.")
    if isinstance(source, Path) and source.is_dir():
        found = [path.relative_to(source).parts for path in source.rglob("*") if path.is_file()]
        yield found, lambda parts: _read_file(source.joinpath(*parts)), None
        return
    try:
        packed = zips.packed_bytes(source)
        with zips.opened(source) as archive:
            members = _members(archive, name)
            yield list(members), lambda parts: archive.read(members[parts]), packed
    except (*zips.UNREADABLE, OSError) as error:
        raise CnnlabError(f"{name} is neither a folder nor a whole zip file ({error}).") from error


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CnnlabError(f"{path} could not be read ({error.strerror or error}).") from error


def _members(archive: zipfile.ZipFile, name: str) -> dict[Parts, zipfile.ZipInfo]:
    """Nothing is unpacked to the disk, but a zip whose members point elsewhere is not what it seems."""
    entries = zips.files(archive)
    if len(entries) > MOST_FILES:
        raise CnnlabError(f"{name} holds {len(entries):,} files: at most {MOST_FILES:,} can be added.")
    for entry in entries:
        if zips.points_elsewhere(entry):
            raise CnnlabError(f"{name} was not added: its member {entry.filename!r} points outside of the zip.")
        if entry.file_size > LARGEST_FILE:
            raise CnnlabError(
                f"{name} was not added: its member {entry.filename!r} has {entry.file_size / 1e6:,.0f} MB, at most "
                f"{LARGEST_FILE / 1e6:.0f} MB are read."
            )
    return {zips.parts(entry): entry for entry in entries}


def _laid_out(files: Sequence[Parts], name: str) -> _Layout:
    """Which picture is of which class. Raises CnnlabError where that cannot be."""
    files = [parts for parts in files if not any(part.startswith((".", "__MACOSX")) for part in parts)]
    pictures = [parts for parts in files if parts[-1].lower().endswith(SUFFIXES)]
    if not pictures:
        raise CnnlabError(f"{name} holds no pictures ({', '.join(SUFFIXES)}): put some into a folder for each class.")
    notes = []
    if others := len(files) - len(pictures):
        notes.append(f"{_count(others, 'file')} left out, for not being a picture.")
    depth = 0
    while len({parts[depth] for parts in pictures}) == 1 and min(map(len, pictures)) >= depth + 3:
        depth += 1  # a folder around everything, as zip programs make it
    tops = {parts[depth].lower() for parts in pictures}
    test_names = TEST if tops & set(TEST) else VALIDATION
    if tops & set(TRAIN) and tops & set(test_names):
        train = [parts for parts in pictures if parts[depth].lower() in {*TRAIN, *VALIDATION} - set(test_names)]
        test = [parts for parts in pictures if parts[depth].lower() in test_names]
        if outside := len(pictures) - len(train) - len(test):
            notes.append(f"{_count(outside, 'picture')} left out, for lying neither in train nor in test.")
        depth += 1
    else:
        train, test = list(pictures), []
    homeless = [parts for parts in (*train, *test) if len(parts) < depth + 2]
    if len(homeless) == len(train) + len(test):
        raise CnnlabError(f"{name} has no class folders: put the pictures of each class into a folder of its name.")
    if homeless:
        notes.append(f"{_count(len(homeless), 'picture')} left out, for lying in no class folder.")
    train, test = ([parts for parts in part if len(parts) >= depth + 2] for part in (train, test))
    classes = tuple(sorted({parts[depth] for parts in train}, key=_natural))
    if len(classes) < 2:
        only = f"only one class, {classes[0]!r}" if classes else "no training pictures"
        raise CnnlabError(f"{name} has {only}: at least two class folders are needed.")
    if len(classes) > MOST_CLASSES:
        raise CnnlabError(f"{name} has {len(classes)} classes: at most {MOST_CLASSES} can be told apart here.")
    if unnamed := next((each for each in classes if not is_class_name(each)), None):
        raise CnnlabError(
            f"{name} has a class called {unnamed[:LONGEST_CLASS_NAME]!r}: rename its folder, using at most "
            f"{LONGEST_CLASS_NAME} letters, digits, blanks and -_.+()&' only."
        )
    number = {each: label for label, each in enumerate(classes)}
    if strange := sorted({parts[depth] for parts in test} - set(classes)):
        raise CnnlabError(
            f"{name} tests the class {strange[0]!r}, which has no training pictures: add some, or remove it."
        )
    labelled = [[(parts, number[parts[depth]]) for parts in sorted(part)] for part in (train, test)]
    return _Layout(labelled[0], labelled[1], classes, notes)


def _sizes(chosen: Sequence[tuple[Parts, int]], read: Callable[[Parts], bytes], packed: int | None) -> Counter:
    """How many pictures have which (height, width), by their heads.

    Raises CnnlabError where pictures in a zip of `packed` bytes have more pixels than pictures of that size have.
    """
    sizes: Counter[tuple[int, int]] = Counter()
    pixels = 0
    for parts, _ in chosen:
        height, width = image_decoding.size_of(read(parts), "/".join(parts))
        sizes[height, width] += 1
        pixels += height * width
        if packed is not None and pixels > FREE_PIXELS + PIXELS_A_BYTE * packed:
            raise CnnlabError(
                f"{'/'.join(parts)} is one of pictures with more than {pixels / 1e6:,.0f} million pixels in a zip of "
                f"{packed / 1e6:.3g} MB: make them smaller."
            )
    return sizes


def _common_size(sizes: Counter, size: int | None) -> tuple[int, int, str]:
    """(height, width, what to say of it)."""
    (height, width), most = sizes.most_common(1)[0]
    total = sizes.total()
    wanted = (size, size) if size else (height, width) if max(height, width) <= USUAL else (USUAL, USUAL)
    wanted = (max(wanted[0], SMALLEST), max(wanted[1], SMALLEST))
    changed = total - sizes[wanted]
    if not changed:
        return *wanted, ""
    kinds = "one size" if len(sizes) == 1 else f"{len(sizes)} sizes, most often {width}×{height}"
    return *wanted, (
        f"{_count(changed, 'picture')} of {total:,} scaled and cropped to {wanted[1]}×{wanted[0]} pixels: "
        f"they came in {kinds if len(sizes) > 1 else f'{width}×{height}'}."
    )


def _parted(labels: np.ndarray, train_count: int, classes: Sequence[str], name: str) -> tuple[np.ndarray, np.ndarray]:
    """(the numbers of those to train on, of those to test on), each mixed by a fixed seed: folders come class by class.

    train_count: of how many, the first ones, a folder says that they train; where that is all, a part of them tests.
    """
    order = np.random.default_rng(0).permutation(len(labels))
    if train_count < len(labels):
        return order[order < train_count], order[order >= train_count]
    # Not scikit-learn's stratified split: it draws otherwise, and a set added again would have other test images.
    testing = np.zeros(len(labels), bool)
    for label, each in enumerate(classes):
        places = order[labels[order] == label]
        if len(places) < 2:
            raise CnnlabError(f"{name} has one picture of {each!r}: each class needs two, to train on and to test.")
        testing[places[: max(1, round(len(places) / TEST_SHARE))]] = True
    return order[~testing[order]], order[testing[order]]


def _natural(text: str) -> list:
    """Sorts 2 before 10."""
    parts = [part for part in re.split(r"(\d+)", text) if part]
    return [(0, int(part), "") if part.isdecimal() and len(part) < 300 else (1, 0, part.lower()) for part in parts]


def _count(number: int, noun: str) -> str:
    return f"One {noun} was" if number == 1 else f"{number:,} {noun}s were"
