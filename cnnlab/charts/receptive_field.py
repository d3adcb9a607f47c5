"""What one unit sees of an image, beside the map in which the unit lies."""

from __future__ import annotations

import numpy as np

from cnnlab.charts.mosaic import Frame, Mosaic, Scale, Tile
from cnnlab.charts.palette import BETWEEN_UNITS, CHOSEN, PIXELS_SEEN, UNSEEN

VEIL = Scale(0.0, 1.0, (UNSEEN, UNSEEN))
MOST_LINES = 20  # units a side between which lines are drawn


def field(
    image: np.ndarray,
    mask: np.ndarray,
    window: tuple[int, int, int, int],
    counts: np.ndarray,
    unit: tuple[int, int],
    layer: str,
) -> Mosaic:
    """Two tiles: the image [H, W] in 0..1, veiled where `mask` (bool [H, W]) is false and framed by `window` (row, col,
    height, width); and the layer's units, coloured by how many pixels each sees (counts, [units down, units across]).
    """
    seen = Tile(
        np.zeros(image.shape),
        VEIL,
        "the image",
        "the image",
        [Frame(*window)],
        under=image,
        veil=np.where(mask, 0.0, 0.62),
        after="←",
    )
    scale = Scale(0.0, float(counts.max()), PIXELS_SEEN, "pixels seen")
    frames = [*_lines(*counts.shape), Frame(*unit, 1, 1, CHOSEN)]
    units = Tile(counts, scale, f"a map of {layer}: click a unit", f"unit of {layer}", frames)
    return Mosaic(
        [seen, units], 2, f"What unit {unit} of {layer} sees", max_cell=15, max_height=400, gap=40, hover="pixels seen"
    )


def _lines(down: int, across: int) -> list[Frame]:
    """What parts the units from each other."""
    if max(down, across) > MOST_LINES:
        return []
    rows = [Frame(row, 0, 1, across, BETWEEN_UNITS) for row in range(down)]
    return rows + [Frame(0, col, down, 1, BETWEEN_UNITS) for col in range(across)]
