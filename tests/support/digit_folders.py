"""Folders of class-named picture folders, made of real MNIST digits."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.data.dataset import Dataset

INK = {"four": (255, 80, 40), "seven": (60, 200, 255), "nine": (255, 230, 60)}  # colours of the digits 4, 7 and 9


def write_digits(folder: Path, digits: Dataset, count: int, names: dict[int, str], colour: bool = False) -> None:
    """`count` PNGs of each digit into folder/<name>; with `colour` in the ink of INK on a dark blue ground."""
    for digit, name in names.items():
        (folder / name).mkdir(parents=True, exist_ok=True)
        for number, at in enumerate(np.flatnonzero(digits.labels.numpy() == digit)[:count]):
            pixels = digits.images[at, 0].numpy()
            Image.fromarray(coloured(pixels, name) if colour else pixels).save(folder / name / f"{number:03d}.png")


def coloured(pixels: np.ndarray, name: str) -> np.ndarray:
    """uint8 [28, 28] as uint8 [32, 30, 3]: not square, so that nobody takes rows for columns."""
    share = np.pad(pixels, ((2, 2), (1, 1)))[..., None] / 255
    return (share * np.array(INK[name]) + (1 - share) * np.array((10, 20, 70))).round().astype(np.uint8)
