"""Photographs of digits on paper, made up: uneven light, shadows, grain, noise, the table beyond the paper's edge."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import ndimage


def photograph(ink: np.ndarray, chance: np.random.Generator, table: bool = False, size: int = 600) -> bytes:
    """A JPEG of `size` × `size` of dark (blue, black or red) ink on paper; ink: uint8 [h, w], white on black."""
    if table:  # leave room: ink that runs off the paper is lost
        ink = np.pad(ink, ink.shape[0] // 6)
    ink = np.asarray(Image.fromarray(ink).resize((size, size), Image.Resampling.BILINEAR)) / 255
    y, x = np.mgrid[0:size, 0:size] / size
    paper = np.array([1.0, 0.98, 0.93]) * chance.uniform(0.75, 0.95)
    pen = np.array([[0.12, 0.12, 0.12], [0.12, 0.18, 0.5], [0.55, 0.12, 0.12]])[chance.integers(3)]
    grain = 1 + ndimage.gaussian_filter(chance.normal(0, 1, (size, size)), 2) * 0.08
    scene = (paper * (1 - ink[..., None]) + pen * ink[..., None]) * grain[..., None]
    if table:
        scene[(x < 0.06 + 0.05 * y) | (y > 0.95 - 0.03 * x)] = [0.35, 0.25, 0.18]
    angle = chance.uniform(0, 2 * np.pi)
    light = 1 - chance.uniform(0.1, 0.5) * (0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle))
    if chance.random() < 0.5:  # somebody's shadow
        edge = ndimage.gaussian_filter((x + chance.uniform(-0.5, 0.5) * y > chance.uniform(0.3, 0.8)).astype(float), 6)
        light *= 1 - 0.35 * edge
    scene = ndimage.gaussian_filter(scene * light[..., None] * 255, (1, 1, 0)) + chance.normal(0, 5, scene.shape)
    file = io.BytesIO()
    Image.fromarray(np.clip(scene, 0, 255).astype(np.uint8)).save(file, "JPEG", quality=80)
    return file.getvalue()
