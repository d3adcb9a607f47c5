"""Draw a digit and watch the network read it."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.draw import classroom
from cnnlab.ui.draw.reading import LIVE_SECONDS, read
from cnnlab.ui.state import shared_image
from cnnlab.ui.state.chosen_network import choice, network
from cnnlab.ui.wording import reads_drawings

chosen = choice()
st.fragment(read, run_every=LIVE_SECONDS if chosen.live else None)()
if choice().run is None or reads_drawings(network()):
    st.divider()
    st.subheader("Our class's test set")
    drawing = shared_image.last_drawing()
    classroom.keep(drawing.image[0] if drawing else None)
    classroom.show(network())
