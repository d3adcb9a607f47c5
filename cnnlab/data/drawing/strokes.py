"""Measure the width of strokes, and redraw a digit with another width."""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy import ndimage

FINE = 4  # stroke widths are measured and changed at this many times the final resolution
THINNEST, THICKEST = 1.2, 4.0  # pixels of a 28×28 image: 95 % of MNIST lies between and is left alone


def stroke_width(mask: np.ndarray) -> float:
    """Mean width in pixels of the strokes of bool [h, w]; 0 without ink.

    Across a stroke of width w the distance to its edge runs from 0 to w/2 and back: on average w/4.
    """
    distances = ndimage.distance_transform_edt(np.pad(mask, 1))[1:-1, 1:-1][mask]  # no ink beyond the border
    return float(4 * (distances.mean() - 0.5)) if distances.size else 0.0  # half a pixel: measured from pixel centres


def even_stroke(ink: np.ndarray, size: tuple[int, int]) -> tuple[np.ndarray, str]:
    """(uint8 ink whose stroke is neither thinner nor thicker than MNIST's, a caption saying what was done).

    size: (height, width) that the ink will have in the 28×28 image; widths are counted in pixels of that.
    """
    fine = np.asarray(Image.fromarray(ink).resize((size[1] * FINE, size[0] * FINE), Image.Resampling.BILINEAR))
    mask = fine > 127
    width = stroke_width(mask) / FINE
    wanted = min(max(width, THINNEST), THICKEST)
    if wanted == width or not width:
        return ink, f"stroke {width:.1f} pixels: left as it is"
    grow = (wanted - width) / 2 * FINE  # at each edge, in fine pixels
    mask = np.pad(mask, max(0, int(np.ceil(grow)) + 1))
    beyond_edge = np.where(mask, 0.5 - _depth(mask), _depth(~mask) - 0.5)  # the edge lies between two pixel centres
    return (255 * np.clip(0.5 + grow - beyond_edge, 0, 1)).astype(np.uint8), f"stroke {width:.1f} → {wanted:.1f} pixels"


def _depth(mask: np.ndarray) -> np.ndarray:
    """Distance of every pixel of bool [h, w] to the nearest one outside."""
    return ndimage.distance_transform_edt(mask)
