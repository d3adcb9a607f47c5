"""The part of a program that spoils its training data on purpose, as the run's settings say."""

from __future__ import annotations

from cnnlab.data.spoiling import IMAGES, LABELS
from cnnlab.runs.export.script.code_section import CodeSection, indented
from cnnlab.training.config import TrainConfig


def spoils(config: TrainConfig) -> bool:
    """Whether its training data have a fault."""
    return bool(config.train_images or config.wrong_labels or config.test_leak)


def spoiling_section(config: TrainConfig, classes: int) -> CodeSection:
    """A function `spoiled` of the training and the test part."""
    body = ["images, labels = training"]
    if config.train_images:
        body += [
            f"draw = np.random.default_rng((SEED, {IMAGES}))  # so many images, alike from every class",
            "order = draw.permutation(len(labels))",
            "mine = labels.numpy()[order]",
            "sizes = np.bincount(mine)",
            "place = np.empty_like(order)  # of each image among those of its class",
            "before = np.repeat(np.cumsum(sizes) - sizes, sizes)",
            'place[np.argsort(mine, kind="stable")] = np.arange(len(order)) - before',
            f'kept = torch.from_numpy(np.sort(order[np.argsort(place, kind="stable")[:{config.train_images}]]))',
            "images, labels = images[kept], labels[kept]",
        ]
    if config.wrong_labels:
        body += [
            f"draw = np.random.default_rng((SEED, {LABELS}))  # wrong labels",
            f"chosen = torch.from_numpy(draw.permutation(len(labels))[: round({config.wrong_labels!r} * len(labels))])",
            f"further = torch.from_numpy(draw.integers(1, {classes}, len(chosen)))  # never round to the same class",
            "labels = labels.clone()",
            f"labels[chosen] = (labels[chosen] + further) % {classes}",
        ]
    if config.test_leak:
        body.append("images, labels = torch.cat((images, test[0])), torch.cat((labels, test[1]))  # cheating")
    code = [
        "def spoiled(training, test):",
        '    """The training images and labels with the faults."""',
        *indented([*body, "return images, labels"]),
    ]
    imports = {"import torch"} | ({"import numpy as np"} if config.train_images or config.wrong_labels else set())
    about = "What the network learns from is spoiled, to see what comes of it. NumPy, which torchvision brings, draws."
    return CodeSection("Faults made on purpose", about, "\n".join(code), frozenset(imports))
