"""MNIST, and sets in its file format: four official files, verified, extracted once, decoded by torchvision."""

from __future__ import annotations

import gzip
import hashlib
import shutil
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cnnlab.common import paths
from cnnlab.common.files import replacing
from cnnlab.data.dataset import Dataset, channel_statistics
from cnnlab.data.datasets.download import Progress, fetch
from cnnlab.data.datasets.registry import register
from cnnlab.errors import CnnlabError

if TYPE_CHECKING:  # importing it takes a second: the first page does not wait for it
    from torchvision.datasets import MNIST

CLASSES = tuple(str(digit) for digit in range(10))


def present(root: Path | None = None) -> bool:
    """Whether MNIST's files lie below `root`, by default as shipped, so that reading it needs no network."""
    from torchvision.datasets import MNIST

    return all(((root or paths.shipped_data()) / "MNIST" / "raw" / name).exists() for name, _ in MNIST.resources)


@register("mnist", "MNIST: digits", mirrors=False, digits=True)
def read_mnist(progress: Progress | None = None, root: Path | None = None) -> tuple[Dataset, Dataset]:
    """The 60,000 training and 10,000 test images, uint8 [N, 1, 28, 28].

    Missing files are downloaded into MNIST/raw below `root`, by default where cnnlab ships them; `progress` is told how
    far. Source: LeCun, Cortes, Burges. Raises CnnlabError, in one sentence, when a file is missing and there is no
    network, or is damaged.
    """
    from torchvision.datasets import MNIST

    return load_idx(MNIST, CLASSES, root or paths.shipped_data(), progress)


def load_idx(
    kind: type[MNIST], classes: tuple[str, ...], root: Path, progress: Progress | None
) -> tuple[Dataset, Dataset]:
    """As read_mnist, for any of torchvision's sets in MNIST's format; its files lie under root/<kind>/raw."""
    make_ready(kind, root, progress)
    train, test = (kind(str(root), train=flag) for flag in (True, False))
    mean, std = channel_statistics(train.data.unsqueeze(1))
    return (
        Dataset(train.data.unsqueeze(1), train.targets, classes, mean, std),
        Dataset(test.data.unsqueeze(1), test.targets, classes, mean, std),
    )


def make_ready(kind: type[MNIST], root: Path, progress: Progress | None = None) -> None:
    """Have the official files of `kind` lie whole and extracted below `root`, where torchvision looks for them."""
    for name, md5 in kind.resources:
        _make_whole(root / kind.__name__ / "raw" / name, kind.mirrors, md5, progress)


def _make_whole(archive: Path, mirrors: Sequence[str], md5: str, progress: Progress | None) -> None:
    """Make `archive` the official file, downloaded if need be, and its extracted copy beside it whole."""
    if not archive.exists():
        fetch(archive, [mirror + archive.name for mirror in mirrors], md5, progress)
    content = archive.read_bytes()
    if hashlib.md5(content, usedforsecurity=False).hexdigest() != md5:
        raise CnnlabError(
            f"{archive} is damaged: it has {len(content):,} bytes and its MD5 sum is not {md5}. "
            f"Delete it to have it downloaded again, or put the official {archive.name} in its place."
        )
    if not _is_extracted(archive.with_suffix(""), content):
        _extract(archive)


def _is_extracted(extracted: Path, archive: bytes) -> bool:
    """Whether `extracted` has the length and CRC-32 that end a gzip file (RFC 1952).

    torchvision checks only that the extracted file exists, so one cut short would pass unseen.
    """
    crc, size = (int.from_bytes(archive[at : at + 4], "little") for at in (len(archive) - 8, len(archive) - 4))
    return extracted.exists() and extracted.stat().st_size == size and zlib.crc32(extracted.read_bytes()) == crc


def _extract(archive: Path) -> None:
    try:
        with gzip.open(archive) as source, replacing(archive.with_suffix("")) as target:
            shutil.copyfileobj(source, target, 1 << 20)
    except OSError as error:
        raise CnnlabError(
            f"{archive.name} could not be extracted into {archive.parent} ({error.strerror or error}): "
            "make that folder writable and free about 60 MB there."
        ) from error
