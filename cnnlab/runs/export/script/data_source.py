"""The part of a program that reads its data with torchvision and cuts it as the run did."""

from __future__ import annotations

from cnnlab.data.datasets import registry
from cnnlab.data.splits import HELD_OUT, SPLITS
from cnnlab.data.statistics import moments, pixel_histogram
from cnnlab.errors import CnnlabError
from cnnlab.runs.export.script.bundle import Bundle
from cnnlab.runs.export.script.code_section import CodeSection, indented

TORCHVISION = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "kmnist": "KMNIST", "cifar10": "CIFAR10"}
_PLAIN = "return part.data.unsqueeze(1), part.targets"
_COLOUR = (
    "images = torch.from_numpy(part.data).permute(0, 3, 1, 2).contiguous()  # it keeps them as [N, H, W, C]",
    "return images, torch.tensor(part.targets)",
)
_PARTS = {
    "holdout": (
        "training = images[:-HELD_OUT], labels[:-HELD_OUT]",
        "validation = images[-HELD_OUT:], labels[-HELD_OUT:]",
    ),
    "test-halves": (
        "training = images, labels",
        "validation = test[0][:HELD_OUT], test[1][:HELD_OUT]",
        "test = test[0][HELD_OUT:], test[1][HELD_OUT:]",
    ),
    "test-seen": ("training, validation = (images, labels), test",),
    "none": ("training, validation = (images, labels), None",),
}


def check_dataset(name: str) -> None:
    """Raise CnnlabError for a data set that torchvision does not read."""
    if name not in TORCHVISION:
        raise CnnlabError(
            f"dataset is {name!r}: the code of a run reads {', '.join(TORCHVISION)} through torchvision, not your own "
            "pictures; take the run along with `cnnlab export` instead."
        )


def data_section(dataset: str, split: str, normalises: bool) -> CodeSection:
    """Functions that read the data; `load` returns the parts and, where the network normalises, mean and std."""
    check_dataset(dataset)
    spec = registry.spec(dataset)
    kind = TORCHVISION[dataset]
    shape = f"[N, {', '.join(map(str, spec.shape))}]"
    bundle = Bundle()
    if normalises:
        bundle.add(pixel_histogram)
        bundle.add(moments)
    held_out = split in ("holdout", "test-halves")
    body = ["images, labels = read(train=True)", "test = read(train=False)", *_PARTS[split]]
    if normalises:
        body.append("mean, std = moments(pixel_histogram(images))  # of all training images, 0 to 1")
    returned = "training, validation, test" + ", mean, std" * normalises
    reading = [_PLAIN] if spec.shape[0] == 1 else list(_COLOUR)
    code = [
        'DATA = "data"  # the folder for the files; what is missing there is downloaded',
        *([f"HELD_OUT = {HELD_OUT:_}  # images to validate with"] if held_out else []),
        "",
        "",
        "def read(train):",
        f'    """(images uint8 {shape}, labels int64 [N])."""',
        f"    part = datasets.{kind}(DATA, train=train, download=True)",
        *indented(reading),
        "",
        "",
        *([bundle.text, "", ""] if normalises else []),
        "def load():",
        f'    """({returned}); each part is images with their labels."""',
        *indented([*body, f"return {returned}"]),
    ]
    about = f"{spec.title}, whole in memory: no image is decoded twice. Split {split}: {SPLITS[split]}."
    imports = frozenset({"import torch", "from torchvision import datasets", *bundle.imports})
    return CodeSection("Data", about, "\n".join(code), imports)
