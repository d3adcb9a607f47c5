"""The pages an image can be sent to."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import streamlit as st

ROOT = Path(__file__).resolve().parents[2]


class Destination(NamedTuple):
    """page: its file, as st.switch_page wants it; title completes "send to …"; icon: a Material symbol."""

    page: str
    title: str
    icon: str


_ALL = (
    Destination("pages/draw.py", "the draw page", "draw"),
    Destination("pages/feature_maps.py", "the feature maps", "layers"),
    Destination("pages/shift.py", "the shift page", "open_with"),
)


def destinations() -> list[Destination]:
    """Those of them that this cnnlab has."""
    return [place for place in _ALL if (ROOT / place.page).exists()]


def legend() -> None:
    """One line that says what the small buttons under an image do."""
    places = destinations()
    if places:
        st.caption("Send an image to " + " · ".join(f":material/{place.icon}: {place.title}" for place in places))
