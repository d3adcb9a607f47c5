"""The classroom's test set: labelled drawings, kept in one file for all tabs."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

import numpy as np
import torch

from cnnlab.common import paths, zips
from cnnlab.common.files import locked, replacing
from cnnlab.common.text import first_line
from cnnlab.data.dataset import Dataset
from cnnlab.data.datasets.mnist import CLASSES
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.data.drawing.preprocessing import SIDE, prepare
from cnnlab.errors import CnnlabError

MOST = 5_000  # drawings in a set
LARGEST = 50_000_000  # bytes of an upload, and of what it unpacks to
NAME_LENGTH = 30


@dataclass(frozen=True)
class ClassroomSet:
    """images: uint8 [N, 28, 28], prepared; labels: int64 [N], 0..9; names, ids: N texts, the ids unique."""

    images: np.ndarray
    labels: np.ndarray
    names: tuple[str, ...]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, places: Sequence[int]) -> ClassroomSet:
        """The drawings at these places, in this order."""
        return ClassroomSet(
            self.images[list(places)],
            self.labels[list(places)],
            tuple(self.names[at] for at in places),
            tuple(self.ids[at] for at in places),
        )

    def dataset(self) -> Dataset:
        """The drawings as a data set of digits."""
        return Dataset(torch.from_numpy(self.images)[:, None], torch.from_numpy(self.labels), CLASSES, (0.0,), (1.0,))

    def to_bytes(self) -> bytes:
        """The set as one npz file, which `upload` reads."""
        buffer = io.BytesIO()
        np.savez_compressed(
            buffer, images=self.images, labels=self.labels, names=np.array(self.names, str), ids=np.array(self.ids, str)
        )
        return buffer.getvalue()


EMPTY = ClassroomSet(np.zeros((0, SIDE, SIDE), np.uint8), np.zeros(0, np.int64), (), ())


def read(path: Path | None = None) -> ClassroomSet:
    """The kept set; empty where nothing was kept. Raises CnnlabError naming the file when it is damaged."""
    path = path or paths.classroom_set()
    if not path.exists():
        return EMPTY
    try:
        return _parse_npz(path.read_bytes())
    except CnnlabError as error:
        raise CnnlabError(f"{path} is damaged ({error}): restore it, or move it away to begin anew.") from error


def add(image: np.ndarray, label: int, name: str = "", path: Path | None = None) -> ClassroomSet:
    """Keep one prepared drawing, uint8 [28, 28]. Raises CnnlabError for a wrong label or a full set or disk."""
    if label not in range(10):
        raise CnnlabError(f"The label is {label!r}: it must be a digit from 0 to 9.")
    one = ClassroomSet(image[None], np.array([label]), (name.strip()[:NAME_LENGTH],), (uuid4().hex[:8],))
    with _changing(path) as path:
        return _write(_joined(read(path), one), path)


def add_all(drawings: ClassroomSet, path: Path | None = None) -> ClassroomSet:
    """Keep drawings, apart from those whose ids are there already. Raises CnnlabError for a full set or disk."""
    with _changing(path) as path:
        kept = read(path)
        there, new = set(kept.ids), []
        for place, each in enumerate(drawings.ids):
            if each not in there:
                new.append(place)
                there.add(each)
        return _write(_joined(kept, drawings.part(new)), path) if new else kept


def remove(*drawings: str, path: Path | None = None) -> ClassroomSet:
    """Remove the drawings with these ids; one that is already gone is no error."""
    with _changing(path) as path:
        kept = read(path)
        stay = [at for at, each in enumerate(kept.ids) if each not in drawings]
        return _write(kept.part(stay), path)


def write_names(names: Mapping[str, str], path: Path | None = None) -> ClassroomSet:
    """Write whose the drawings with these ids are."""
    with _changing(path) as path:
        kept = read(path)
        named = (names.get(each, old)[:NAME_LENGTH] for each, old in zip(kept.ids, kept.names, strict=True))
        return _write(replace(kept, names=tuple(named)), path)


def upload(file: str, content: bytes, path: Path | None = None) -> tuple[ClassroomSet, int]:
    """Add the drawings of an npz made by to_bytes, or of a zip of PNGs, that are not in the set yet.

    PNGs are named by their digit, as in 4-anna.png, or lie in a folder named so, as in 4/anna.png; those that are not
    28×28 are prepared like a drawing. Returns (the set, how many are new). Raises CnnlabError, changing nothing, for
    any other file.
    """
    if len(content) > LARGEST:
        raise CnnlabError(f"{file} has {len(content) / 1e6:.0f} MB: at most {LARGEST / 1e6:.0f} MB can be added.")
    try:
        found = _parse_npz(content) if _is_npz(content) else _parse_pictures(content)
    except CnnlabError as error:
        raise CnnlabError(f"{file} was not added: {error}.") from error
    with _changing(path) as path:
        kept = read(path)
        there = {(image.tobytes(), label) for image, label in zip(kept.images, kept.labels, strict=True)}
        new = [at for at in range(len(found)) if (found.images[at].tobytes(), found.labels[at]) not in there]
        fresh = tuple(uuid4().hex[:8] for _ in new)
        chosen = found.part(new)
        return _write(_joined(kept, ClassroomSet(chosen.images, chosen.labels, chosen.names, fresh)), path), len(new)


@contextmanager
def _changing(path: Path | None) -> Iterator[Path]:
    """The set's file, which nobody else changes within the block."""
    path = path or paths.classroom_set()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with locked(path):
            yield path
    except OSError as error:
        raise CnnlabError(f"{path} could not be saved ({error.strerror or error}); the set is as it was.") from error


def _write(changed: ClassroomSet, path: Path) -> ClassroomSet:
    if len(changed) > MOST:
        raise CnnlabError(f"The set would have {len(changed):,} drawings: at most {MOST:,} can be kept.")
    with replacing(path) as file:
        file.write(changed.to_bytes())
    return changed


def _joined(first: ClassroomSet, second: ClassroomSet) -> ClassroomSet:
    return ClassroomSet(
        np.concatenate([first.images, second.images]),
        np.concatenate([first.labels, second.labels]),
        first.names + second.names,
        first.ids + second.ids,
    )


def _is_npz(content: bytes) -> bool:
    try:
        with zips.opened(io.BytesIO(content)) as archive:
            return "images.npy" in archive.namelist()
    except (*zips.UNREADABLE, OSError):
        return False


def _parse_npz(content: bytes) -> ClassroomSet:
    try:
        _refuse_bomb(content)
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            images, labels, names, ids = (file[key] for key in ("images", "labels", "names", "ids"))
    except (*zips.UNREADABLE, OSError, TypeError, MemoryError) as error:
        raise CnnlabError(f"it is no set of drawings ({first_line(error)})") from error
    count = len(labels) if labels.ndim == 1 else -1
    if images.dtype != np.uint8 or images.shape != (count, SIDE, SIDE):
        raise CnnlabError(f"its images are {images.dtype} {list(images.shape)}, not uint8 [N, {SIDE}, {SIDE}]")
    if labels.dtype.kind not in "iu" or not np.isin(labels, range(10)).all():
        raise CnnlabError("its labels are not digits from 0 to 9")
    if not names.shape == ids.shape == (count,) or not names.dtype.kind == ids.dtype.kind == "U":
        raise CnnlabError("it has not as many names as drawings")
    return ClassroomSet(
        images, labels.astype(np.int64), tuple(str(name)[:NAME_LENGTH] for name in names), tuple(map(str, ids))
    )


def _parse_pictures(content: bytes) -> ClassroomSet:
    images, labels, names = [], [], []
    try:
        _refuse_bomb(content)
        with zips.opened(io.BytesIO(content)) as archive:
            files = [name for name in archive.namelist() if name.lower().endswith(".png") and "__MACOSX" not in name]
            for file in files[: MOST + 1]:
                label, name = _label_of(file)
                images.append(_digit_in(archive.read(file), file))
                labels.append(label)
                names.append(name)
    except (*zips.UNREADABLE, OSError) as error:
        raise CnnlabError(f"it is neither a set of drawings nor a zip of PNG pictures ({first_line(error)})") from error
    if not images:
        raise CnnlabError("it holds no PNG pictures")
    return ClassroomSet(np.stack(images), np.array(labels), tuple(names), ("",) * len(labels))


def _refuse_bomb(content: bytes) -> None:
    with zips.opened(io.BytesIO(content)) as archive:
        size = zips.unpacked_bytes(archive.infolist())
    if size > LARGEST:
        raise CnnlabError(f"it unpacks to {size / 1e6:.0f} MB, at most {LARGEST / 1e6:.0f} MB can be added")


def _label_of(file: str) -> tuple[int, str]:
    folder, stem = Path(file).parent.name, Path(file).stem
    if re.fullmatch(r"\d", folder):
        return int(folder), stem[:NAME_LENGTH]
    if found := re.fullmatch(r"(\d)(?:[-_ ](.*))?", stem):
        return int(found[1]), (found[2] or "")[:NAME_LENGTH]
    raise CnnlabError(f"{file} does not say its digit: name it like 4-anna.png or put it into a folder 4")


def _digit_in(content: bytes, file: str) -> np.ndarray:
    picture = read_picture(content)
    if picture.shape == (SIDE, SIDE):
        return picture
    prepared = prepare(picture)
    if prepared.image is None:
        raise CnnlabError(f"{file}: {prepared.problem}")
    return prepared.image
