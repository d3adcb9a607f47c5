"""Draws a network's answer (cnnlab.charts.answer) for the back row; follows the pen where something reads along.

An element of our own because it has to change twenty times a second while one draws, without the server's script.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)


def draw(
    answer: Mapping[str, Any],
    key: str,
    *,
    picture: bool = False,
    follows: str = "",
    chosen: int | None = None,
    on_pick: Callable[[int], None] | None = None,
) -> None:
    """Draw an answer, or {"title", "sentence"} where there is none yet.

    picture: draw what was read beside it; follows: the name under which newer answers come while a pen moves; chosen:
    the bar that is marked; a click on the bar of class k calls on_pick(k) before the page runs again.
    """

    def pick() -> None:
        picked = st.session_state[key].picked
        if picked is not None and on_pick:
            on_pick(int(picked))

    options = {"picture": picture, "follows": follows, "chosen": chosen, "clickable": bool(on_pick)}
    element("cnnlab_answer", _FILES, '<div class="reading" data-picture></div>')(
        data={**answer, "options": options}, key=key, on_picked_change=pick
    )
