"""What should be runs but cannot be read: one warning for each, with a look into it and the way to the bin."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.runs import trash
from cnnlab.runs.store import Unreadable
from cnnlab.ui import messages
from cnnlab.ui.state.visitor import reserved

SHOWN = 3
GLANCE = 1_500  # characters of run.json that are shown
PROBLEM = "shared_unreadable_problem"


def draw(unreadable: Sequence[Unreadable]) -> None:
    """Draw the warnings, the first few at length."""
    for each in unreadable[:SHOWN]:
        messages.warn(each.problem)
        look, delete = st.columns(2)
        with look.popover("Look at it", key=f"shared_look_at_{each.path.name}", width="stretch"):
            st.code(_beginning(each.path), language=None, wrap_lines=True)
        reserved(
            delete.button, "Delete it", key=f"shared_delete_unreadable_{each.path.name}",
            on_click=_delete, args=(each.path,), width="stretch", help="Into the bin of the Runs page.",
        )  # fmt: skip
    if len(unreadable) > SHOWN:
        st.caption(f"{len(unreadable) - SHOWN} more cannot be read.")
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)


def _beginning(folder: Path) -> str:
    try:
        with (folder / "run.json").open("rb") as file:
            return file.read(GLANCE).decode(errors="replace")
    except OSError as error:
        return str(error.strerror or error)


def _delete(folder: Path) -> None:
    try:
        trash.delete(folder)
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)
