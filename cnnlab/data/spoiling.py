"""Training data spoiled on purpose: too few images, wrong labels, test images among them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from cnnlab.data.dataset import Dataset
from cnnlab.data.splits import Split
from cnnlab.errors import CnnlabError

IMAGES, LABELS = 1, 2  # streams of random numbers: what one fault draws does not hang on the other


def spoiled(
    parts: Split, *, train_images: int = 0, wrong_labels: float = 0.0, test_leak: bool = False, seed: int
) -> Split:
    """`parts` with other training data; validation and test stay as they are, and so does all without a fault.

    train_images: how many are left, drawn by `seed`, the same number of each class as far as possible, in their order;
    0 is all. wrong_labels: the fraction (0..1) of those whose label becomes another class's; no image is copied for
    that. test_leak: the test images, with their right labels, follow them. Raises CnnlabError where there are fewer
    images than train_images.
    """
    train = parts.train
    if train_images:
        train = _part_of(train, train_images, np.random.default_rng((seed, IMAGES)))
    if wrong_labels:
        labels = _mislabelled(train, wrong_labels, np.random.default_rng((seed, LABELS)))
        train = replace(train, labels=labels)
    if test_leak:
        if train.file:
            raise CnnlabError(
                f"test_leak is on: {len(train):,} training images are too many to be copied together with the test "
                "images; set train_images, too, or choose a smaller data set."
            )
        images = torch.cat((train.images, parts.test.images))
        train = replace(train, images=images, labels=torch.cat((train.labels, parts.test.labels)))
    return parts if train is parts.train else parts._replace(train=train)


def _part_of(train: Dataset, count: int, draw: np.random.Generator) -> Dataset:
    if count > len(train):
        raise CnnlabError(
            f"train_images is {count:,}, but there are {len(train):,} training images: choose at most so many, or 0 "
            "for all."
        )
    order = draw.permutation(len(train))
    labels = train.labels.cpu().numpy()[order]
    by_class = np.argsort(labels, kind="stable")
    sizes = np.bincount(labels)
    place = np.empty_like(order)  # of each image in `order` among those of its class
    place[by_class] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    chosen = torch.from_numpy(np.sort(order[np.argsort(place, kind="stable")[:count]]))
    return train.taken(chosen)


def _mislabelled(train: Dataset, fraction: float, draw: np.random.Generator) -> Tensor:
    labels = train.labels.clone()
    chosen = torch.from_numpy(draw.permutation(len(train))[: round(fraction * len(train))])
    further = torch.from_numpy(draw.integers(1, len(train.classes), len(chosen)))  # never round to the same class
    labels[chosen] = (labels[chosen] + further) % len(train.classes)
    return labels
