"""What the network misclassifies, and the images behind every number."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.components import epoch_player
from cnnlab.ui.confusion.body import LIVE_SECONDS, body, select
from cnnlab.ui.state import address, watched
from cnnlab.ui.state.chosen_network import choice, network

snapshot, chosen = watched.snapshot(), choice()
selection = select(network(), chosen.live)
epoch_player.play_button(chosen, st.sidebar)
address.fragment(body, run_every=LIVE_SECONDS if chosen.live else None)(snapshot.state, selection)
