"""The image that pages hand to each other: a test image, or what was drawn last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import streamlit as st

SUBJECT, DRAWING = "subject", "last_drawing"  # session-state keys, no widgets
SOURCE, SENT = "draw_source", "Sent here"  # the draw page's choice of where its drawing comes from, and one of them


@dataclass(frozen=True)
class SharedImage:
    """image: uint8 [C, H, W]; index: its place in the whole test set; label: its true class, where known."""

    image: np.ndarray
    caption: str
    label: int | None = None
    index: int | None = None


def send(subject: SharedImage) -> None:
    """Make this the image that the next page opens with."""
    st.session_state[SUBJECT] = subject


def sent() -> SharedImage | None:
    """The image another page sent here last."""
    return st.session_state.get(SUBJECT)


def keep_drawing(image: np.ndarray | None) -> None:
    """Remember what was drawn last, prepared, uint8 [28, 28]; None forgets it."""
    st.session_state[DRAWING] = None if image is None else SharedImage(image[None], "your drawing")


def last_drawing() -> SharedImage | None:
    """What was drawn last on the draw page of this tab."""
    return st.session_state.get(DRAWING)


def show_on_draw_page() -> None:
    """Let the draw page open with the image that another page sent, instead of an empty canvas."""
    st.session_state[SOURCE] = SENT
