"""Leafing through many images."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.prediction_filter import page_count

JUMP = " slider"


def number(key: str, pages: int) -> int:
    """The page that is open, from 1; the last one where there are fewer now."""
    return min(st.session_state.get(key, 1), pages)


def first_page(*keys: str) -> None:
    """Go back to the beginning: these show other images now."""
    for key in keys:
        st.session_state[key] = 1


def draw(key: str, images: int, size: int, jump: bool = False) -> None:
    """The buttons under a page, where there is more than one; with `jump` a slider reaches every page at once."""
    pages = page_count(images, size)
    if pages == 1:
        return
    now = number(key, pages)
    first, last = (now - 1) * size + 1, min(now * size, images)
    back, middle, on = st.columns([1, 7 if jump else 1.4, 1], vertical_alignment="center")
    back.button("", icon=":material/chevron_left:", help="Back", key=f"{key} back", disabled=now == 1, width="stretch",
                on_click=_open, args=(key, now - 1))  # fmt: skip
    on.button("", icon=":material/chevron_right:", help="Next", key=f"{key} next", disabled=now == pages,
              width="stretch", on_click=_open, args=(key, now + 1))  # fmt: skip
    place = f"{first:,} – {last:,} of {images:,}"
    if jump:
        st.session_state[key + JUMP] = now
        middle.slider(place, 1, pages, key=key + JUMP, on_change=_jump, args=(key,), help="Page")
    else:
        middle.markdown(place, text_alignment="center")


def _open(key: str, page: int) -> None:
    st.session_state[key] = page


def _jump(key: str) -> None:
    st.session_state[key] = st.session_state[key + JUMP]
