"""Convolution by hand: every patch, product and sum, and what pooling makes of the result."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.convolution import channels, digit, numbers, pooling
from cnnlab.ui.keep import keep

VIEWS = {
    "Numbers": numbers.draw,
    "A digit": digit.draw,
    "Several channels": channels.draw,
    "ReLU and pooling": pooling.draw,
}

keep(convolution_view=next(iter(VIEWS)))
view = st.segmented_control("View", list(VIEWS), key="convolution_view", required=True, label_visibility="collapsed")
st.fragment(VIEWS[view])()
