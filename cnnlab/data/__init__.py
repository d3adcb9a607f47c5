"""Data sets as uint8 tensors, their splits, and drawings prepared as MNIST was made."""

from __future__ import annotations

from collections import OrderedDict

from cnnlab.data import own
from cnnlab.data.dataset import Dataset
from cnnlab.data.mnist import Progress, load_mnist
from cnnlab.data.torch_sets import load_cifar10, load_fashion_mnist, load_kmnist
from cnnlab.errors import CnnlabError

LOADERS = {
    "mnist": load_mnist,
    "fashion-mnist": load_fashion_mnist,
    "kmnist": load_kmnist,
    "cifar10": load_cifar10,
}
COLOURED = {"cifar10": (3, 32, 32)}  # the shapes of those whose images are not MNIST's 1×28×28
KEPT = 4  # data sets in memory: CIFAR-10 takes 184 MB


def names() -> list[str]:
    """Every data set that settings may name now: those of LOADERS, then the user's own ones."""
    return [*LOADERS, *own.names()]


def check(name: str) -> None:
    """Raise CnnlabError for a name that no data set can have.

    An own data set need not lie on this machine: a run that was trained on it elsewhere can still be looked at.
    """
    if name not in LOADERS and not (name.startswith(own.PREFIX) and own.is_name(name.removeprefix(own.PREFIX))):
        raise CnnlabError(
            f"dataset is {name!r}: choose one of {', '.join(LOADERS)}, or {own.PREFIX}NAME for your own pictures."
        )


def images_of(name: str) -> tuple[tuple[int, int, int], int]:
    """((C, H, W) of its images, how many classes), without reading or downloading them. Raises as load."""
    check(name)
    return (COLOURED.get(name, (1, 28, 28)), 10) if name in LOADERS else own.images_of(name)


def load(name: str, progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """(train, test) of a data set by name, decoded once a process. Raises CnnlabError with one sentence."""
    check(name)
    if name in LOADERS:
        key, make = (name, 0), lambda: LOADERS[name](progress=progress)
    else:
        file = own.file_of(name)
        key, make = (name, file.stat().st_mtime_ns if file.exists() else 0), lambda: own.load_own(name)
    if key not in _loaded:
        _loaded[key] = make()
        while len(_loaded) > KEPT:
            _loaded.popitem(last=False)
    return _loaded[key]


_loaded: OrderedDict[tuple[str, int], tuple[Dataset, Dataset]] = OrderedDict()
