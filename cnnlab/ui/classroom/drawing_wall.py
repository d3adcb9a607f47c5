"""Draws the class's drawings so that they fill the window, each with what a network reads; reports clicks.

An element of our own: it has to choose the size of up to a hundred drawings by the window, change in place twice a
second while a network learns, and be clicked, none of which Streamlit's images can.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)


@dataclass(frozen=True)
class WallTile:
    """image: uint8 [28, 28]; label and read: what it is and what it is read as; name: of whoever drew it, or empty."""

    id: str
    image: np.ndarray
    label: str
    read: str
    name: str


def draw(tiles: Sequence[WallTile], key: str, chosen: str | None) -> str | None:
    """Draw the tiles, the one with the id `chosen` marked; return the id of the one just clicked."""
    data = {
        "chosen": chosen,
        "tiles": [
            {
                "id": tile.id,
                "pixels": base64.b64encode(tile.image.tobytes()).decode(),
                "label": tile.label,
                "read": tile.read,
                "name": tile.name,
            }
            for tile in tiles
        ],
    }
    picked = element("cnnlab_wall", _FILES, '<div class="wall" data-picture></div>')(
        data=data, key=key, on_picked_change=lambda: None
    ).picked
    return picked if isinstance(picked, str) and picked in {tile.id for tile in tiles} else None
