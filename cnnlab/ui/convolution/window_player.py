"""Draws a cnnlab.charts.sliding_window.SlidingWindow: it slides in the browser, and edited cells are reported.

A component of our own so that a step needs no answer from the server: every sum is worked out before, and playing
them is a matter of moving a frame and showing the next numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import streamlit as st

from cnnlab.charts.sliding_window import SlidingWindow
from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)


class Edit(NamedTuple):
    """A grid after one of its cells was changed: which one it is (as in Grid.edits), and all its values [H, W]."""

    what: str
    values: np.ndarray


def draw(window: SlidingWindow, key: str, on_edit: Callable[[Edit], None] | None = None) -> None:
    """Draw `window`; each grid with an edited cell calls `on_edit` before the fragment around this runs again."""
    answered = f"{key}_answered"  # the last edit that is in the values: older values must not undo a newer edit

    def edit() -> None:
        edited = st.session_state[key].edited
        if edited and on_edit:
            for grid in edited["grids"]:
                values = np.array([float(value) for value in grid["values"]])
                on_edit(Edit(str(grid["what"]), values.reshape(int(grid["rows"]), -1)))
            st.session_state[answered] = edited["number"]

    element("cnnlab_sliding_window", _FILES, '<div class="player" tabindex="-1" data-picture></div>')(
        data={**window.payload(), "answered": st.session_state.get(answered, 0)}, key=key, on_edited_change=edit
    )
