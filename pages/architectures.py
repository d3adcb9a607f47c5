"""Networks drawn as blocks: one, two beside each other, or a custom one."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.architectures import builder, compare_two, one_network
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of

VIEWS = {"One network": one_network.draw, "Compare two": compare_two.draw, "Build your own": builder.draw}

address.remember("view", "architectures_view", one_of(VIEWS), next(iter(VIEWS)))
view = st.segmented_control("View", list(VIEWS), key="architectures_view", required=True, label_visibility="collapsed")
VIEWS[required(view)]()
