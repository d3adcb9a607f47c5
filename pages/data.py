"""What a network learns from: the images, their numbers, and what is made of them before they are learnt."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui import dataset_choice
from cnnlab.ui.data import augmentation, averages, one_image, parts, samples, spread
from cnnlab.ui.data.looked_at import LookedAt
from cnnlab.ui.keep import keep

VIEWS = {
    "Samples": samples.draw,
    one_image.NAME: one_image.draw,
    "Mean and spread": spread.draw,
    "Averages": averages.draw,
    "Splits": parts.draw,
    "Augmentation": augmentation.draw,
}


def body(view: str, name: str) -> None:
    """The chosen view of the chosen data set."""
    if st.session_state.data_view != view:  # a click inside asked for another one
        st.rerun()
    VIEWS[view](LookedAt(name, *dataset_choice.chosen()))


keep(data_view=next(iter(VIEWS)))
left, right = st.columns([4, 1])
view = left.segmented_control("View", list(VIEWS), key="data_view", required=True, label_visibility="collapsed")
name = dataset_choice.draw(right)
st.fragment(body)(view, name)
