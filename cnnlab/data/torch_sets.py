"""Fashion-MNIST, KMNIST and CIFAR-10 through torchvision, downloaded when first asked for."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

import torch
from torchvision.datasets import CIFAR10, KMNIST, FashionMNIST

from cnnlab.atomic import replacing
from cnnlab.data import home
from cnnlab.data.dataset import Dataset, channel_statistics
from cnnlab.data.download import fetch
from cnnlab.data.mnist import Progress, load_idx
from cnnlab.errors import CnnlabError


def load_fashion_mnist(root: Path | None = None, progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """60,000 + 10,000 pieces of clothing, uint8 [N, 1, 28, 28] (Xiao, Rasul, Vollgraf). Raises as load_mnist."""
    return load_idx(FashionMNIST, tuple(FashionMNIST.classes), root or home.ROOT, progress)


def load_kmnist(root: Path | None = None, progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """60,000 + 10,000 handwritten kana, uint8 [N, 1, 28, 28] (CODH). Raises as load_mnist."""
    return load_idx(KMNIST, tuple(KMNIST.classes), root or home.ROOT, progress)


def load_cifar10(root: Path | None = None, progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """50,000 + 10,000 photographs of ten things, uint8 [N, 3, 32, 32] (Krizhevsky). Raises as load_mnist."""
    root = root or home.ROOT
    batches = [*CIFAR10.train_list, *CIFAR10.test_list, [CIFAR10.meta["filename"], CIFAR10.meta["md5"]]]
    folder = root / CIFAR10.base_folder
    if not all(_is_official(folder / name, md5) for name, md5 in batches):
        archive = root / CIFAR10.filename
        if not _is_official(archive, CIFAR10.tgz_md5):
            fetch(archive, [CIFAR10.url], CIFAR10.tgz_md5, progress)
        _extract(archive, folder, [name for name, _ in batches])
    parts = [CIFAR10(str(root), train=flag) for flag in (True, False)]
    images = [torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous() for part in parts]
    mean, std = channel_statistics(images[0])
    return tuple(
        Dataset(pixels, torch.tensor(part.targets), tuple(part.classes), mean, std)
        for pixels, part in zip(images, parts, strict=True)
    )


def _is_official(file: Path, md5: str) -> bool:
    return file.exists() and hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest() == md5


def _extract(archive: Path, folder: Path, names: list[str]) -> None:
    """Only the files that are known, each whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as content:
            for name in names:
                with replacing(folder / name) as target:
                    target.write(content.extractfile(f"{folder.name}/{name}").read())
    except OSError as error:
        raise CnnlabError(
            f"{archive.name} could not be extracted into {folder} ({error.strerror or error}): "
            "make that folder writable and free about 180 MB there."
        ) from error
