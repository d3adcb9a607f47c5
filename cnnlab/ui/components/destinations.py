"""The pages an image can be sent to."""

from __future__ import annotations

from typing import NamedTuple

import streamlit as st

DRAW = "pages/draw.py"


class Destination(NamedTuple):
    """page: its file, as st.switch_page wants it; title completes "send to …"; icon: a Material symbol."""

    page: str
    title: str
    icon: str


_ALL = (
    Destination(DRAW, "the draw page", "draw"),
    Destination("pages/feature_maps.py", "the feature maps", "layers"),
    Destination("pages/shift.py", "the shift page", "open_with"),
)


def destinations(drawable: bool = True) -> list[Destination]:
    """All of them; without the draw page for images that no one could draw there."""
    return [place for place in _ALL if drawable or place.page != DRAW]


def legend(drawable: bool = True) -> None:
    """One line that says what the small buttons under an image do."""
    places = destinations(drawable)
    if places:
        st.caption("Send an image to " + " · ".join(f":material/{place.icon}: {place.title}" for place in places))
