"""The confusion page: what its sidebar chooses, and everything that changes with the network."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import predictions_cache
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.confusion import certainty, gallery, matrix, points, report
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import CERTAINTY, GALLERY, MATRIX, POINTS, REPORT, VIEW, VIEWS, Selection
from cnnlab.ui.confusion.gather import gather
from cnnlab.ui.state import address, watched
from cnnlab.ui.state.address_kinds import one_of

LIVE_SECONDS = 1.5
SET = "confusion_set"
DRAW: dict[str, Callable[[Answers, Any], None]] = {
    MATRIX: matrix.draw,
    REPORT: report.draw,
    GALLERY: gallery.draw,
    CERTAINTY: certainty.draw,
    POINTS: points.draw,
}


def select(network: Checkpoint, live: bool) -> Selection:
    """Draw the choice of an evaluation set into the sidebar where there are several; return what is chosen."""
    sets = {images.name: images for images in predictions_cache.sets_for(network)}
    names = list(sets)
    if len(names) == 1:
        return Selection(network, sets[names[0]], live)
    address.remember("set", SET, one_of(names), names[0])
    return Selection(network, sets[from_list(st.sidebar, "Evaluate on", names, key=SET)], live)


def body(drawn_state: str, selection: Selection) -> None:
    """Gather everything that the page shows, then draw it; runs again by itself while training is followed."""
    if watched.snapshot().state != drawn_state:
        st.rerun()
    with st.container():  # spinners come and go in a place of their own, so that nothing below moves
        contents = gather(selection)
    st.markdown(contents.headline)
    for tab, name in zip(st.tabs(list(VIEWS), key=VIEW, on_change="rerun"), VIEWS, strict=True):
        if name == contents.view:
            with tab:
                DRAW[name](contents.answers, contents.shown)
