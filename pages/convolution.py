"""Convolution by hand: every patch, product and sum, and what pooling makes of the result."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.components.required_choice import required
from cnnlab.ui.convolution import channels_view, digit_view, numbers_view, pooling_view
from cnnlab.ui.state.persistent_widgets import remember

VIEWS = {
    "Numbers": numbers_view.draw,
    "A digit": digit_view.draw,
    "Several channels": channels_view.draw,
    "ReLU and pooling": pooling_view.draw,
}

remember(convolution_view=next(iter(VIEWS)))
view = st.segmented_control("View", list(VIEWS), key="convolution_view", required=True, label_visibility="collapsed")
st.fragment(VIEWS[required(view)])()
