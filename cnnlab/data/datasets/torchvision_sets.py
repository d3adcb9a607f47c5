"""Fashion-MNIST, KMNIST and CIFAR-10 through torchvision, downloaded when first asked for; imported then, too."""

from __future__ import annotations

import hashlib
import tarfile
from pathlib import Path

import torch

from cnnlab.common import paths
from cnnlab.common.files import replacing
from cnnlab.data.dataset import Dataset, channel_statistics
from cnnlab.data.datasets.download import Progress, fetch
from cnnlab.data.datasets.mnist import load_idx
from cnnlab.data.datasets.registry import register
from cnnlab.errors import CnnlabError


@register("fashion-mnist", "Fashion-MNIST: clothes", megabytes=31)
def read_fashion_mnist(progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """60,000 + 10,000 pieces of clothing, uint8 [N, 1, 28, 28] (Xiao, Rasul, Vollgraf). Raises as read_mnist."""
    from torchvision.datasets import FashionMNIST

    return load_idx(FashionMNIST, tuple(FashionMNIST.classes), paths.data(), progress)


@register("kmnist", "KMNIST: Japanese kana", megabytes=21, mirrors=False)
def read_kmnist(progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """60,000 + 10,000 handwritten kana, uint8 [N, 1, 28, 28] (CODH). Raises as read_mnist."""
    from torchvision.datasets import KMNIST

    return load_idx(KMNIST, tuple(KMNIST.classes), paths.data(), progress)


@register("cifar10", "CIFAR-10: ten things in colour", shape=(3, 32, 32), megabytes=170)
def read_cifar10(progress: Progress | None = None) -> tuple[Dataset, Dataset]:
    """50,000 + 10,000 photographs of ten things, uint8 [N, 3, 32, 32] (Krizhevsky). Raises as read_mnist."""
    from torchvision.datasets import CIFAR10

    root = paths.data()
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
    train, test = (
        Dataset(pixels, torch.tensor(part.targets), tuple(part.classes), mean, std)
        for pixels, part in zip(images, parts, strict=True)
    )
    return train, test


def _is_official(file: Path, md5: str) -> bool:
    return file.exists() and hashlib.md5(file.read_bytes(), usedforsecurity=False).hexdigest() == md5


def _extract(archive: Path, folder: Path, names: list[str]) -> None:
    """Only the files that are known, each whole or not at all."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as content:
            for name in names:
                source = content.extractfile(f"{folder.name}/{name}")
                if source is None:
                    raise OSError(f"{name} in it is no file")
                with source, replacing(folder / name) as target:
                    target.write(source.read())
    except OSError as error:
        raise CnnlabError(
            f"{archive.name} could not be extracted into {folder} ({error.strerror or error}): "
            "make that folder writable and free about 180 MB there."
        ) from error
