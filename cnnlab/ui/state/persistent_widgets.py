"""Widgets that remember what they were set to while another tab or page was shown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

KEPT = "kept_widgets"


def remember(**defaults: object) -> None:
    """Call before the widgets with these keys are drawn; a default counts only until a widget has been set."""
    kept = st.session_state.setdefault(KEPT, {})
    for key, default in defaults.items():
        if key not in st.session_state:
            st.session_state[key] = kept.get(key, default)
        kept[key] = st.session_state[key]


def renewed(key: str, value: object) -> str:
    """The key of the widget that shows `value`, which others change too: after such a change it is another widget.

    What a script puts into a widget the browser may not have yet when it sends its next request: the old value in that
    would count as chosen, and undo the change.
    """
    state = st.session_state
    count, before = state.get(key, (0, value))
    if state.get(f"{key}_{count}", before) != value:
        count += 1
    state[key] = (count, value)
    if state.get(f"{key}_{count}") != value:
        state[f"{key}_{count}"] = value
    return f"{key}_{count}"


def taking(key: str, widget: str, take: Callable[[Any], None]) -> Callable[[], None]:
    """What the change of a widget from `renewed` does: take its value, unless another widget is in its place by now."""

    def changed() -> None:
        count, _ = st.session_state[key]
        if widget == f"{key}_{count}":
            take(st.session_state[widget])

    return changed


def change(key: str, value: object) -> None:
    """Set a widget that is remembered, before it is drawn."""
    st.session_state[key] = st.session_state[KEPT][key] = value
