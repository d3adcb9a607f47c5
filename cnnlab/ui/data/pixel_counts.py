"""Histograms, moments and average images of a data set, worked out once for all tabs."""

from __future__ import annotations

import numpy as np

from cnnlab.common.threads import one_thread
from cnnlab.data import statistics
from cnnlab.data.dataset import Dataset
from cnnlab.ui.cache import bounded


def histogram(name: str, data: Dataset) -> np.ndarray:
    """How often each pixel value 0..255 occurs, int64 [C, 256]."""
    return _histogram(name, len(data), data.mean, data)


@bounded.kept()
def _histogram(name: str, count: int, mean: tuple[float, ...], _data: Dataset) -> np.ndarray:
    with one_thread():
        return statistics.pixel_histogram(_data.images).numpy()


def running(name: str, data: Dataset, counts: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    """(mean, standard deviation) of the first `count` images for each of `counts`, [len(counts), C] each."""
    return _running(name, data.mean, counts, data)


@bounded.kept("Adding up the pixels …")
def _running(
    name: str, mean: tuple[float, ...], counts: tuple[int, ...], _data: Dataset
) -> tuple[np.ndarray, np.ndarray]:
    with one_thread():
        return statistics.running_moments(_data.images, counts)


def class_images(name: str, data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    """(average, standard deviation) of each class's images, [K, C, H, W] in units of [0, 1]."""
    return _class_images(name, len(data), data.mean, data)


@bounded.kept("Averaging the images …")
def _class_images(name: str, count: int, mean: tuple[float, ...], _data: Dataset) -> tuple[np.ndarray, np.ndarray]:
    with one_thread():
        return statistics.class_images(_data.images, _data.labels, len(_data.classes))
