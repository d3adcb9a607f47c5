"""The theme of this tab, for charts whose colours must stand out from it."""

from __future__ import annotations

import streamlit as st


def dark() -> bool:
    """Whether this tab shows the dark theme."""
    return st.context.theme.type == "dark"
