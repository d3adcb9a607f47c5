"""Data sets as uint8 tensors, their splits, and drawings prepared as MNIST was made."""

from __future__ import annotations

from cnnlab.data.dataset import Dataset
from cnnlab.data.mnist import Progress, load_mnist
from cnnlab.errors import CnnlabError

LOADERS = {"mnist": load_mnist}


def load(name: str, progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """(train, test) of a data set by name, decoded once a process. Raises CnnlabError with one sentence."""
    if name not in LOADERS:
        raise CnnlabError(f"dataset is {name!r}: choose one of {', '.join(LOADERS)}.")
    if name not in _loaded:
        _loaded[name] = LOADERS[name](progress=progress)
    return _loaded[name]


_loaded: dict[str, tuple[Dataset, Dataset]] = {}
