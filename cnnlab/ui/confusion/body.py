"""Everything on the page that changes with the network, and the choice of what it is shown."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.cache import loaders, predictions_cache
from cnnlab.ui.confusion import certainty, gallery, matrix, points, report
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state.chosen_network import choice, network
from cnnlab.ui.state.persistent_widgets import remember

LIVE_SECONDS = 1.5
LIVE_IMAGES = 2_000  # while training goes on, all of them would cost it more than the glance is worth
VIEWS = {
    "Confusion": matrix.draw,
    "Report": report.draw,
    "Gallery": gallery.draw,
    "Certainty": certainty.draw,
    "Map of points": points.draw,
}


def chosen_set() -> int:
    """Which of the network's evaluation sets the sidebar says."""
    sets = [images.name for images in predictions_cache.sets_for(network())]
    if len(sets) == 1:
        return 0
    remember(evaluation_set=sets[0])
    if st.session_state.evaluation_set not in sets:
        st.session_state.evaluation_set = sets[0]
    return sets.index(st.sidebar.selectbox("Evaluate on", sets, key="evaluation_set"))


def body(drawn_state: str, set_number: int) -> None:
    """Everything that changes with the network."""
    if loaders.runner().snapshot().state != drawn_state:
        st.rerun()
    shown, live = network(), choice().live
    images = predictions_cache.sets_for(shown)[set_number]
    if live:
        images = images.every(max(1, len(images) // LIVE_IMAGES))
    view = View(shown, images, predictions_cache.predictions(shown, images))
    right = int(view.predictions.right.sum())
    state = "training now" if live else f"epoch {shown.epoch}"
    st.markdown(
        f"**{shown.run}**, {state}, on {images.words}: **{view.predictions.accuracy:.2%} right**, "
        f"{len(images) - right:,} wrong"
    )
    remember(view=next(iter(VIEWS)))
    for tab, draw in zip(st.tabs(list(VIEWS), key="view", on_change="rerun"), VIEWS.values(), strict=True):
        if tab.open:
            with tab:
                draw(view)
