"""What every layer makes of an image, down to the sum behind one pixel."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.components import epoch_player
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.feature_maps.image_maps import ALL, COMPARE, LIVE_SECONDS, MATTERED, ONE, show
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import choice, one_network
from cnnlab.ui.wording import thing

VIEWS = [ONE, ALL, COMPARE, MATTERED]

address.remember("view", "feature_maps_view", one_of(VIEWS), ONE)
left, right = st.columns([3, 1], vertical_alignment="bottom")
view = left.segmented_control(
    "Show",
    VIEWS,
    key="feature_maps_view",
    required=True,
    label_visibility="collapsed",
    format_func=lambda name: name if thing(one_network()) == "digit" else name.replace("digits", "classes"),
)
epoch_player.play_button(choice(), right)
live = choice().live
address.fragment(show, run_every=LIVE_SECONDS if live else None)(required(view), live)
