"""The kernels of every convolution, on one timeline, with what they look for and what they are good for."""

from __future__ import annotations

import streamlit as st

from cnnlab.inspection import kernel_weights
from cnnlab.ui.components import epoch_player
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.kernels.all_kernels import CHANGE, FIT_NAMES, LIVE_SECONDS, WEIGHTS, show
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import choice, one_network

layers = kernel_weights.convolutions(one_network().model)
if not layers:
    st.info("This network has no convolution, so there are no kernels to show: choose another run.")
    st.stop()
address.remember("layer", "kernels_layer", one_of(layers, str), next(iter(layers)))
address.remember("view", "kernels_view", one_of([WEIGHTS, CHANGE]), WEIGHTS)
left, middle, right = st.columns([2.6, 2, 1], vertical_alignment="bottom")
if len(layers) <= FIT_NAMES:
    layer = required(
        left.segmented_control(
            "Convolution", list(layers), key="kernels_layer", required=True, label_visibility="collapsed"
        )
    )
else:
    layer = left.selectbox("Convolution", layers, key="kernels_layer", label_visibility="collapsed")
view = required(
    middle.segmented_control("Show", [WEIGHTS, CHANGE], key="kernels_view", required=True, label_visibility="collapsed")
)
epoch_player.play_button(choice(), right)
live = choice().live
address.fragment(show, run_every=LIVE_SECONDS if live else None)(layer, view, live)
