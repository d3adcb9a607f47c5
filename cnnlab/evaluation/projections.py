"""From the many numbers an image is inside a network to a point on a map."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import orthogonal_procrustes
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from torch import Tensor, nn

from cnnlab.evaluation.layer_values import Station, values_at

LEAST = 3  # directions that pictures count on
FIT_VALUES = 16_000_000  # numbers the directions are found from: wide layers take every 2nd, 3rd … image


@dataclass(frozen=True)
class Projection:
    """points: float32 [N, components]; variance: the fraction of it that each component holds, 0..1, [components]."""

    points: np.ndarray
    variance: np.ndarray


def principal(model: nn.Module, images: Tensor, layer: Station, components: int = 2) -> Projection:
    """The images at a layer along its `components` directions of greatest variance (fewer where there are fewer).

    The first three are always there, those that the layer does not have without any variance.
    Repeatable: scikit-learn's randomised solver with a fixed seed, and its sign convention.
    """
    fitted = min(len(images), max(1, FIT_VALUES // layer.values))
    step = -(-len(images) // fitted)
    sample = np.concatenate(list(values_at(model, images[::step], layer)))
    least, components = min(components, LEAST), min(components, *sample.shape)
    if len(sample) < 2:
        return Projection(np.zeros((len(images), least), np.float32), np.zeros(least))
    pca = PCA(components, svd_solver="randomized", iterated_power=4, random_state=0).fit(sample)
    parts = [sample] if step == 1 else values_at(model, images, layer)
    points = np.concatenate([pca.transform(part) for part in parts]).astype(np.float32)
    lacking = max(0, least - components)
    variance = np.nan_to_num(pca.explained_variance_ratio_)
    return Projection(np.pad(points, ((0, 0), (0, lacking))), np.pad(variance, (0, lacking)))


def on_map(points: np.ndarray, reference: np.ndarray | None = None) -> np.ndarray:
    """Points [N, 2] moved and scaled to fill -1..1, distances in proportion.

    With a reference [N, 2] of the same images they are turned or mirrored to lie as near to it as they can, so that
    a digit stays about where it was when the layer or the epoch changes.
    """
    placed = (points[:, :2] - points[:, :2].mean(0)).astype(np.float64)
    if reference is not None:
        turn, _ = orthogonal_procrustes(placed, reference - reference.mean(0))
        placed = placed @ turn
    low, high = placed.min(0), placed.max(0)
    return (placed - (low + high) / 2) / max((high - low).max() / 2, 1e-12)


def neighbours_agree(points: np.ndarray, labels: np.ndarray) -> float | None:
    """Fraction of points whose nearest other point has the same label; None for fewer than two points."""
    if len(points) < 2:
        return None
    nearest = NearestNeighbors(n_neighbors=1).fit(points).kneighbors(return_distance=False)[:, 0]
    return float((labels[nearest] == labels).mean())


def centres(points: np.ndarray, labels: np.ndarray, classes: int) -> list[tuple[int, float, float]]:
    """(class, x, y): the median point of every class that occurs."""
    return [(k, *np.median(points[labels == k], axis=0).tolist()) for k in range(classes) if (labels == k).any()]
