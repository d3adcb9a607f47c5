"""Room for one large thing on a projector."""

from __future__ import annotations

import streamlit as st

_STYLE = """<style>
[data-testid="stMainBlockContainer"] { padding: 4rem 2.5rem 1.5rem; }
</style>"""


def widen() -> None:
    """Narrow the page's margins, which Streamlit makes 80 pixels wide and 96 high."""
    st.html(_STYLE)
