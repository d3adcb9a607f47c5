"""Inputs and kernels small enough to be worked out by hand, by name."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

A2 = "A2's example"
A2_INPUT = np.array([[1, 0, 0, 1, 0], [0, 1, 1, 0, 1], [1, 0, 1, 0, 1], [0, 1, 0, 1, 0], [1, 0, 1, 0, 1]], float)
A2_KERNEL = np.array([[1, 0, 1], [0, 1, 0], [1, 0, 1]], float)
A2_POOLING = np.arange(1, 17, dtype=float).reshape(4, 4)

# name: (weights, what it does to an image)
KERNELS: dict[str, tuple[np.ndarray, str]] = {
    A2: (A2_KERNEL, "adds up five pixels: large where they form a diagonal cross"),
    "identity": (np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]], float), "leaves every pixel as it is"),
    "edges": (np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]], float), "0 where all is alike: edges stay"),
    "blur": (np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]]) / 16, "a mean of the neighbourhood: weights add up to 1"),
    "sharpen": (np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float), "a pixel minus its surroundings, plus itself"),
    "Sobel x": (np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], float), "right minus left: vertical edges"),
    "Sobel y": (np.array([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], float), "below minus above: horizontal edges"),
}


def _dot(size: int) -> np.ndarray:
    dot = np.zeros((size, size))
    dot[size // 2, size // 2] = 1
    return dot


# name: how to make it of any size
INPUTS: dict[str, Callable[[int], np.ndarray]] = {
    A2: lambda size: np.pad(A2_INPUT, (0, max(0, size - 5)), mode="wrap")[:size, :size],
    "left dark, right bright": lambda size: np.tile((np.arange(size) >= size // 2).astype(float), (size, 1)),
    "diagonal line": lambda size: np.eye(size),
    "chequerboard": lambda size: (np.indices((size, size)).sum(0) + 1) % 2.0,
    "one dot": _dot,
}


def resized(kernel: np.ndarray, size: int) -> np.ndarray:
    """`kernel` [k, k] with its middle kept: cut at the edges, or with zeros around, to size × size."""
    new = np.zeros((size, size))
    old = len(kernel)
    taken, into = max(0, (old - size) // 2), max(0, (size - old) // 2)
    both = min(old, size)
    new[into : into + both, into : into + both] = kernel[taken : taken + both, taken : taken + both]
    return new


def named(weights: np.ndarray) -> str | None:
    """Which of KERNELS has these weights, [k, k]; None where none has."""
    for name, (kernel, _) in KERNELS.items():
        if kernel.shape == weights.shape and np.allclose(kernel, weights):
            return name
    return None
