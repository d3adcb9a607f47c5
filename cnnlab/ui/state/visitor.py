"""Who looks at the page, as the guard decided."""

from __future__ import annotations

import streamlit as st

from cnnlab.classroom.guard import HERE, VISITOR


def is_here() -> bool:
    """Whether the visitor sits at the machine that runs cnnlab."""
    return st.context.headers.get(VISITOR) == HERE
