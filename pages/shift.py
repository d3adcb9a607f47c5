"""What a network answers when images are shifted or corrupted in another way."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.components import epoch_player
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.shift import corruption_view, one_digit, side_by_side, whole_set
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import choice, network
from cnnlab.ui.wording import thing

LIVE_SECONDS = 1.0
ONE = "One digit"
VIEWS = {
    ONE: one_digit.draw,
    "Test set": whole_set.draw,
    "Side by side": side_by_side.draw,
    "Other disturbances": corruption_view.draw,
}


def body(view: str, live: bool) -> None:
    """Draw everything below the choice of the view; runs again by itself while training is followed."""
    if choice().live != live:
        st.rerun()
    VIEWS[view](network())


address.remember("view", "shift_view", one_of(VIEWS), next(iter(VIEWS)))
left, right = st.columns([3, 1], vertical_alignment="bottom")
view = left.segmented_control(
    "View",
    list(VIEWS),
    key="shift_view",
    required=True,
    label_visibility="collapsed",
    format_func=lambda name: name.replace("digit", thing(network())),
)
if view == ONE:  # elsewhere each epoch would have to be measured first
    epoch_player.play_button(choice(), right)
live = choice().live
address.fragment(body, run_every=LIVE_SECONDS if live else None)(required(view), live)
