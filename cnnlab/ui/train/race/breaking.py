"""Break it on purpose: a button for everything that can go wrong, each beside the healthy run."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.races import ReadyRace
from cnnlab.training.results import duration
from cnnlab.training.sabotages import SABOTAGES
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.visitor import reserved

COLUMNS = 4
MARKED = "train_marked_sabotage"  # session-state key: the one that is marked


def in_address() -> None:
    """Let the button that is marked stand in the address."""
    address.remember_click("break", MARKED, one_of(SABOTAGES, str))


def draw() -> ReadyRace | None:
    """Draw the buttons, and below them what the marked one costs; return what was just pressed."""
    marked = SABOTAGES.get(st.session_state.get(MARKED, ""))
    columns = st.columns(COLUMNS)
    pressed = None
    for place, each in enumerate(SABOTAGES.values()):
        if reserved(
            columns[place % COLUMNS].button,
            each.title,
            key=f"train_break_{each.name}",
            width="stretch",
            type="primary" if each is marked else "secondary",
            help=f"{each.note} {_costs(each)}",
        ):
            pressed = each
    if marked:
        st.markdown(f"**{marked.title}** is ready to be pressed. {_costs(marked)}")
    return pressed


def _costs(race: ReadyRace) -> str:
    return f"About {duration(race.seconds)} on two cores."
