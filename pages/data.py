"""What a network learns from: the images, their numbers, and what is done to them before training."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.components.required_choice import required
from cnnlab.ui.data import averages, mean_and_spread, one_image, samples, splits_view, try_augmentation
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, chosen_dataset
from cnnlab.ui.state.address_kinds import one_of

VIEWS = {
    "Samples": samples.draw,
    one_image.NAME: one_image.draw,
    "Mean and spread": mean_and_spread.draw,
    "Averages": averages.draw,
    "Splits": splits_view.draw,
    "Augmentation": try_augmentation.draw,
}


def body(view: str, name: str) -> None:
    """Draw the chosen view of the chosen data set."""
    if st.session_state.data_view != view:  # a click inside asked for another one
        st.rerun()
    VIEWS[view](ShownDataset(name, *chosen_dataset.chosen()))


address.remember("view", "data_view", one_of(VIEWS), next(iter(VIEWS)))
left, right = st.columns([4, 1])
view = left.segmented_control("View", list(VIEWS), key="data_view", required=True, label_visibility="collapsed")
name = chosen_dataset.draw(right)
address.fragment(body)(required(view), name)
