"""Draw a digit and see the network's answer; keep drawings as the class's own test set."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.draw import kept_drawings
from cnnlab.ui.draw.reading import LIVE_SECONDS, read
from cnnlab.ui.state import address
from cnnlab.ui.state.chosen_network import choice, network
from cnnlab.ui.wording import reads_drawings

chosen = choice()
address.fragment(read, run_every=LIVE_SECONDS if chosen.live else None)()
if choice().run is None or reads_drawings(network()):
    st.divider()
    st.subheader("Our class's test set")
    kept_drawings.show(network())
