"""Draws a cnnlab.charts.mosaic.Mosaic on a canvas, with the value under the mouse, and reports clicks.

A component of our own because neither library does all of it within the time a redraw may take: a Plotly heatmap
reports no clicks and is rebuilt with every change, and 12,544 Altair rectangles (16 maps of 28 × 28) took 0.3 s and
more of a redraw. The canvas takes some 10 ms, changes in place, and its cells stay square at any width.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from cnnlab.charts.mosaic import Mosaic
from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)
_HTML = (
    '<div class="grid" data-picture><canvas></canvas><div class="cell"></div>'
    '<div class="tip" role="status"></div></div>'
)


class Picked(NamedTuple):
    """A clicked cell: the tile's place in the mosaic, and the pixel in it."""

    tile: int
    row: int
    col: int


def draw(mosaic: Mosaic, key: str, on_pick: Callable[[Picked], None] | None = None, follows: str = "") -> None:
    """Draw `mosaic`; a click on a cell calls `on_pick` before the page, or the fragment around this, runs again.

    follows: the name under which newer ones come while a pen moves.
    """

    def pick() -> None:
        picked = st.session_state[key].picked
        if picked and on_pick:
            on_pick(Picked(**{name: int(value) for name, value in picked.items()}))

    element("cnnlab_pixel_grid", _FILES, _HTML)(
        data={**mosaic.payload(), "clickable": bool(on_pick), "follows": follows}, key=key, on_picked_change=pick
    )
