"""Statistics of a data set: pixel values, classes, the average image of each class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

CHUNK = 4_000  # images whose sums are taken at once: their squares need four bytes a pixel


def pixel_histogram(images: Tensor) -> Tensor:
    """How often each value 0..255 occurs in each channel of uint8 [N, C, H, W]: int64 [C, 256]."""
    return torch.stack([torch.bincount(channel.flatten(), minlength=256) for channel in images.unbind(1)])


def moments(histogram: Tensor) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and population standard deviation of each channel, in units of [0, 1], of a histogram [C, 256]: exact."""
    values = torch.arange(256, dtype=torch.float64) / 255
    means, stds = [], []
    for counts in histogram.double():
        mean = (counts @ values) / counts.sum()
        means.append(mean.item())
        stds.append(((counts @ (values - mean) ** 2) / counts.sum()).sqrt().item())
    return tuple(means), tuple(stds)


def running_moments(images: Tensor, counts: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Mean and standard deviation, [len(counts), C] in units of [0, 1], of the first so many of uint8 [N, C, H, W].

    From whole-number sums, so the last one equals `moments`. Counts from 1 to N.
    """
    sums, squares = [], []
    for chunk in images.flatten(2).split(CHUNK):
        values = chunk.int()
        sums.append(values.sum(2))
        squares.append((values * values).sum(2))
    at = torch.tensor(counts) - 1
    pixels = (at + 1).double()[:, None] * images[0, 0].numel()
    mean = torch.cat(sums).cumsum(0)[at] / pixels / 255
    mean_square = torch.cat(squares).cumsum(0)[at] / pixels / 255**2
    return mean.numpy(), (mean_square - mean * mean).clamp_min(0).sqrt().numpy()


def class_counts(labels: Tensor, classes: int) -> np.ndarray:
    """How many examples each class has, int64 [classes]."""
    return torch.bincount(labels, minlength=classes).numpy()


def class_images(images: Tensor, labels: Tensor, classes: int) -> tuple[np.ndarray, np.ndarray]:
    """(average, standard deviation) of each class's images, float64 [classes, C, H, W] in units of [0, 1].

    NaN for a class without examples.
    """
    shape = (classes, *images.shape[1:])
    average, spread = np.full(shape, np.nan), np.full(shape, np.nan)
    for label in range(classes):
        mine = images[labels == label].double() / 255
        if len(mine):
            average[label] = mine.mean(0)
            spread[label] = mine.std(0, correction=0)
    return average, spread


def samples(labels: Tensor, classes: int, count: int, seed: int) -> list[np.ndarray]:
    """For each class the places of `count` of its examples, drawn at random by `seed`; all where it has fewer."""
    generator = np.random.default_rng(seed)
    places = [np.flatnonzero(labels.numpy() == label) for label in range(classes)]
    return [generator.permutation(each)[:count] for each in places]
