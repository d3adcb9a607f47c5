"""Draws the SVG of cnnlab.charts.block_diagram in the theme's colours and reports which block was clicked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st

from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)


def draw(svg: str, key: str, on_pick: Callable[[str], None] | None = None) -> None:
    """Draw the picture; a click on a block, or Enter, calls `on_pick` with its layer before the page runs again."""

    def pick() -> None:
        picked = st.session_state[key].picked
        if picked and on_pick:
            on_pick(picked)

    element("cnnlab_blocks", _FILES, '<div class="blocks" data-picture="svg"></div>')(
        data={"svg": svg, "picks": on_pick is not None}, key=key, on_picked_change=pick
    )
