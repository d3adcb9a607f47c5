"""What the network gets wrong, and the images behind every number."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.cache import loaders
from cnnlab.ui.components import epoch_player
from cnnlab.ui.confusion.body import LIVE_SECONDS, body, chosen_set
from cnnlab.ui.state.chosen_network import choice

snapshot = loaders.runner().snapshot()
number = chosen_set()
epoch_player.play_button(choice(), st.sidebar)
st.fragment(body, run_every=LIVE_SECONDS if choice().live else None)(snapshot.state, number)
