"""Reads along while the pen moves: sends the canvas's ink to the server and hands what comes back to other elements."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from cnnlab.classroom import live_answers
from cnnlab.classroom.live_answers import Reader
from cnnlab.ui.components.browser_element import element

NAME = "draw"  # under which newer answers are told to the elements that follow
LAYERS_EVERY = 180  # milliseconds
_KEY = "draw_reader"  # session-state key: of this tab's reader
_FILES = Path(__file__)


def follow(frame: str, reader: Reader, on_undo: Callable[[], None]) -> None:
    """Let `reader` answer every move on the canvas in the container `frame`; Ctrl-Z calls on_undo."""
    key = st.session_state.setdefault(_KEY, secrets.token_urlsafe(16))
    live_answers.answers.open(key, reader)

    def undo() -> None:
        if st.session_state.draw_pen_follower.undo:
            on_undo()

    element("cnnlab_pen_follower", _FILES, '<div class="follower"></div>')(
        data={"frame": frame, "name": NAME, "url": live_answers.PREFIX + key, "layersEvery": LAYERS_EVERY},
        key="draw_pen_follower",
        on_undo_change=undo,
    )
