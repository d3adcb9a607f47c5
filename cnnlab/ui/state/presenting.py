"""Presenter mode: whether it is on in this tab, and which part of a page it shows."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import flag

WIDTH = 1224  # of a page, in CSS pixels of the window of 1280 × 720 that is then scaled
KEY = "shared_presenting"  # session-state key, no widget
VIEW = "shared_main_view_"  # how the keys of all main views begin: presenter_style hides what stands in none


def on() -> bool:
    """Whether this tab presents: the page's main view fills the screen."""
    return bool(st.session_state.get(KEY))


def toggle() -> None:
    """Begin to present, or leave it."""
    st.session_state[KEY] = not on()


def in_address() -> None:
    """Let it stand in the address."""
    address.says("present", flag(), False, on, lambda value: st.session_state.update({KEY: value}))


def main_view(name: str) -> DeltaGenerator:
    """A container for what a page shows while it presents: its picture or its sentence. name: one on its page."""
    return st.container(key=f"{VIEW}{name}")


def fitted(chart: Any, height: int) -> Any:
    """An Altair chart of that height, in CSS pixels of 1280 × 720, while this tab presents; as it is otherwise."""
    return chart.properties(height=height) if on() else chart


def height(usual: int, presented: int) -> int:
    """The height of a picture, in CSS pixels; `presented` in a window of 1280 × 720, which is then scaled."""
    return presented if on() else usual
