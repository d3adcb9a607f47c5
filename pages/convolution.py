"""Convolution by hand: every patch, product and sum, and what pooling makes of the result."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.components.required_choice import required
from cnnlab.ui.convolution import channels_view, digit_view, numbers_view, pooling_view
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of

VIEWS = {
    "Numbers": numbers_view.draw,
    "A digit": digit_view.draw,
    "Several channels": channels_view.draw,
    "ReLU and pooling": pooling_view.draw,
}

address.remember("view", "convolution_view", one_of(VIEWS), next(iter(VIEWS)))
view = st.segmented_control("View", list(VIEWS), key="convolution_view", required=True, label_visibility="collapsed")
address.fragment(VIEWS[required(view)])()
