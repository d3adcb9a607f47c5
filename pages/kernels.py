"""The kernels of every convolution, on one timeline, with what they look for and what they are good for."""

from __future__ import annotations

import streamlit as st

from cnnlab.inspection import kernel_weights
from cnnlab.ui.components import epoch_player
from cnnlab.ui.components.required_choice import required
from cnnlab.ui.kernels.all_kernels import CHANGE, FIT_NAMES, LIVE_SECONDS, WEIGHTS, show
from cnnlab.ui.state.chosen_network import choice, one_network
from cnnlab.ui.state.persistent_widgets import remember

layers = kernel_weights.convolutions(one_network().model)
if not layers:
    st.info("This network has no convolution, so there are no kernels to show: choose another run.")
    st.stop()
remember(kernels_layer=next(iter(layers)), kernels_view=WEIGHTS)
left, middle, right = st.columns([2.6, 2, 1], vertical_alignment="bottom")
if st.session_state.get("kernels_layer") not in layers:
    st.session_state.kernels_layer = next(iter(layers))
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
st.fragment(show, run_every=LIVE_SECONDS if live else None)(layer, view, live)
