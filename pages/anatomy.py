"""How the network is built, and how healthy it is."""

from __future__ import annotations

from cnnlab.ui.anatomy.network_anatomy import LIVE_SECONDS, show
from cnnlab.ui.state import address
from cnnlab.ui.state.chosen_network import choice

live = choice().live
address.fragment(show, run_every=LIVE_SECONDS if live else None)(live)
