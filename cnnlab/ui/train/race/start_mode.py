"""What Start starts: one run, a race, or something broken on purpose."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of

ONE, RACE, BREAK = MODES = "One run", "Race", "Break it on purpose"
MODE = "train_mode"


def choose(active: bool) -> str:
    """Draw the choice while nothing is under way; return what is chosen."""
    address.remember("start", MODE, one_of(MODES), ONE)
    if not active:
        st.segmented_control("What to start", MODES, key=MODE, label_visibility="collapsed", required=True)
    return st.session_state[MODE] or ONE
