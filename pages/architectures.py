"""Networks drawn as blocks: one, two beside each other, or one's own."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.architectures import build, compare, one
from cnnlab.ui.keep import keep

VIEWS = {"One network": one.draw, "Compare two": compare.draw, "Build your own": build.draw}

keep(architectures_view=next(iter(VIEWS)))
view = st.segmented_control("View", list(VIEWS), key="architectures_view", required=True, label_visibility="collapsed")
VIEWS[view]()
