"""Break it on purpose: a button for everything that can go wrong, each beside the healthy run."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.races import ReadyRace
from cnnlab.training.results import duration
from cnnlab.training.sabotages import SABOTAGES
from cnnlab.ui.state.visitor import reserved

COLUMNS = 4


def draw() -> ReadyRace | None:
    """Draw the buttons; return what was just pressed."""
    columns = st.columns(COLUMNS)
    pressed = None
    for place, each in enumerate(SABOTAGES.values()):
        if reserved(
            columns[place % COLUMNS].button,
            each.title,
            key=f"train_break_{each.name}",
            width="stretch",
            help=f"{each.note} About {duration(each.seconds)} on two cores.",
        ):
            pressed = each
    return pressed
