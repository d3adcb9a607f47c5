"""What one unit sees of an image, beside the map in which the unit lies."""

from __future__ import annotations

import numpy as np

from cnnlab.charts.mosaic import CHOSEN, Frame, Mosaic, Scale, Tile

UNSEEN = Scale(0.0, 1.0, ("#33587f", "#33587f"))
UNITS = ("#0b2a52", "#7fb2ff")


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
        UNSEEN,
        "the image",
        "the image",
        [Frame(*window)],
        under=image,
        veil=np.where(mask, 0.0, 0.62),
        after="←",
    )
    scale = Scale(0.0, float(counts.max()), UNITS, "pixels seen")
    units = Tile(counts, scale, f"a map of {layer}: click a unit", f"unit of {layer}", [Frame(*unit, 1, 1, CHOSEN)])
    return Mosaic([seen, units], 2, f"What unit {unit} of {layer} sees", 15, 400, 40, hover="pixels seen")
