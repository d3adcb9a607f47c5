"""Widgets that remember what they were set to while another tab or page was shown."""

from __future__ import annotations

import streamlit as st

KEPT = "kept_widgets"


def remember(**defaults: object) -> None:
    """Call before the widgets with these keys are drawn; a default counts only until a widget has been set."""
    kept = st.session_state.setdefault(KEPT, {})
    for key, default in defaults.items():
        if key not in st.session_state:
            st.session_state[key] = kept.get(key, default)
        kept[key] = st.session_state[key]


def change(key: str, value: object) -> None:
    """Set a widget that is remembered, before it is drawn."""
    st.session_state[key] = st.session_state[KEPT][key] = value
