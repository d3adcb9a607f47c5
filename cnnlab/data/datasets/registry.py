"""Data sets by name: what is known of each before it is read, and each decoded once a process."""

from __future__ import annotations

import threading
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from cnnlab.data.dataset import Dataset
from cnnlab.data.datasets import custom
from cnnlab.data.datasets.download import Progress
from cnnlab.errors import CnnlabError

KEPT_BYTES = 300_000_000  # of data sets in memory, but the last one stays: CIFAR-10 takes 184 MB

Pair = tuple[Dataset, Dataset]  # train, test


@dataclass(frozen=True)
class DatasetSpec:
    """What settings and pages may know of a data set without reading it.

    read(progress) returns (train, test). shape: (C, H, W) of its images; classes: how many; megabytes: to be downloaded
    the first time. mirrors: whether an image stays what it is when it is mirrored; digits: whether the ten digits are
    drawn in it, so that digit styles and drawings belong to it.
    """

    name: str
    title: str
    read: Callable[[Progress | None], Pair]
    shape: tuple[int, int, int] = (1, 28, 28)
    classes: int = 10
    megabytes: int = 0
    mirrors: bool = True
    digits: bool = False

    @property
    def about(self) -> str:
        """One line: how many of what, and whose."""
        return (self.read.__doc__ or self.title).splitlines()[0]


_specs: dict[str, DatasetSpec] = {}
_loaded: OrderedDict[tuple[str, int], Pair] = OrderedDict()
_access = threading.Lock()  # of _loaded and _reading
_reading: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)  # one a name: a download holds up no other set


def register(name: str, title: str, **known: Any) -> Callable:
    """Decorator that enters a `read` function (see DatasetSpec) under `name`."""

    def enter(read: Callable[[Progress | None], Pair]) -> Callable[[Progress | None], Pair]:
        _specs[name] = DatasetSpec(name, title, read, **known)
        return read

    return enter


def specs() -> list[DatasetSpec]:
    """The registered data sets, in the order of registration."""
    return list(_specs.values())


def names() -> list[str]:
    """Every data set that settings may name now: the registered ones, then the custom ones."""
    return [*_specs, *custom.names()]


def check(name: str) -> None:
    """Raise CnnlabError for a name that no data set can have.

    A custom data set need not lie on this machine: a run that was trained on it elsewhere can still be looked at.
    """
    if name not in _specs and not (name.startswith(custom.PREFIX) and custom.is_name(name.removeprefix(custom.PREFIX))):
        raise CnnlabError(
            f"dataset is {name!r}: choose one of {', '.join(_specs)}, or {custom.PREFIX}NAME for your own pictures."
        )


def spec(name: str) -> DatasetSpec:
    """What is known of the data set `name`; of a custom one only its title. Raises as check."""
    check(name)
    if name in _specs:
        return _specs[name]
    return DatasetSpec(name, f"{name.removeprefix(custom.PREFIX)} (own pictures)", lambda _: custom.load_custom(name))


def images_of(name: str) -> tuple[tuple[int, int, int], int]:
    """((C, H, W) of its images, how many classes), without reading or downloading them. Raises as load."""
    found = spec(name)
    return (found.shape, found.classes) if name in _specs else custom.images_of(name)


def load(name: str, progress: Progress | None = None) -> Pair:
    """(train, test) of a data set by name, decoded once a process. Raises CnnlabError with one sentence.

    Any thread may call it; whoever asks while it is being read waits for it.
    """
    found = spec(name)
    with _access:
        reading = _reading[name]
    with reading:
        key = (name, 0 if name in _specs else _modified(name))
        with _access:
            if key in _loaded:
                return _loaded[key]
        pair = found.read(progress)
        with _access:
            _loaded[key] = pair
            while len(_loaded) > 1 and sum(map(_bytes, _loaded.values())) > KEPT_BYTES:
                _loaded.popitem(last=False)
        return pair


def _bytes(pair: Pair) -> int:
    return sum(part.labels.nbytes + (0 if part.file else part.images.nbytes) for part in pair)


def _modified(name: str) -> int:
    file = custom.file_of(name)
    return file.stat().st_mtime_ns if file.exists() else 0
