"""The class: how it joins, the wall of its drawings, and questions to call first."""

from __future__ import annotations

import streamlit as st

from cnnlab.classroom.lesson import lesson
from cnnlab.errors import CnnlabError
from cnnlab.ui import messages
from cnnlab.ui.classroom import joining, phone_reader, voting, wall_view
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import choice, network
from cnnlab.ui.state.visitor import may_change
from cnnlab.ui.wording import reads_drawings

SECONDS = 0.7  # from one look at what phones sent to the next
VIEWS = {"Join": joining.draw, "Wall": wall_view.draw, "Call it first": voting.draw}


def body(view: str) -> None:
    """Draw the view; runs again by itself."""
    try:
        VIEWS[view]()
    except CnnlabError as error:
        messages.problem(error)


if reads_drawings(network()) and may_change():
    lesson.read_with(phone_reader.reader(choice()))
address.remember("view", "classroom_view", one_of(VIEWS), next(iter(VIEWS)))
view = st.segmented_control("View", list(VIEWS), key="classroom_view", required=True, label_visibility="collapsed")
st.fragment(body, run_every=SECONDS)(required(view))
