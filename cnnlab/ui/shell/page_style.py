"""The little that Streamlit's theme cannot say."""

import streamlit as st

ROOM = """
<style>
[data-testid="stMainBlockContainer"] { padding: 3.8rem 3rem 3rem; }
</style>
"""


def apply() -> None:
    """Use the projector's width: Streamlit's own margins take a quarter of it."""
    st.html(ROOM)
