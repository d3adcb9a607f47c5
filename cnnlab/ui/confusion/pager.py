"""Many images page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
import streamlit as st

from cnnlab.evaluation.prediction_filter import page, page_count
from cnnlab.ui.components.tiles import ImageTile
from cnnlab.ui.confusion.contents import OpenPage
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import whole

JUMP = "_slider"


def open_page(
    key: str, places: np.ndarray, size: int, tiles: Callable[[Iterable[int]], list[ImageTile]]
) -> OpenPage | None:
    """The open page of `size` images; the last one where there are fewer pages now, None where there are no images."""
    if not len(places):
        return None
    name = key.removeprefix("confusion_page_of_")
    address.remember(f"page-of-{name}", key, whole(1, page_count(len(places), size)), 1)
    number = st.session_state[key]
    return OpenPage(key, number, size, len(places), tiles(page(places, number, size)))


def first_page(*keys: str) -> None:
    """Open the first page under these keys, since they show other images now."""
    for key in keys:
        st.session_state[key] = 1


def draw(shown: OpenPage, jump: bool = False) -> None:
    """Draw the buttons under a page, where there are several; with `jump` also a slider that reaches every page."""
    key, now, pages = shown.key, shown.number, page_count(shown.images, shown.size)
    if pages == 1:
        return
    first, last = (now - 1) * shown.size + 1, min(now * shown.size, shown.images)
    back, middle, on = st.columns([1, 7 if jump else 1.4, 1], vertical_alignment="center")
    back.button("", icon=":material/chevron_left:", help="Back", key=f"{key}_back", disabled=now == 1, width="stretch",
                on_click=_open, args=(key, now - 1))  # fmt: skip
    on.button("", icon=":material/chevron_right:", help="Next", key=f"{key}_next", disabled=now == pages,
              width="stretch", on_click=_open, args=(key, now + 1))  # fmt: skip
    place = f"{first:,} – {last:,} of {shown.images:,}"
    if jump:
        st.session_state[key + JUMP] = now
        middle.slider(place, 1, pages, key=key + JUMP, on_change=_jump, args=(key,), help="Page")
    else:
        middle.markdown(place, text_alignment="center")


def _open(key: str, number: int) -> None:
    st.session_state[key] = number


def _jump(key: str) -> None:
    st.session_state[key] = st.session_state[key + JUMP]
