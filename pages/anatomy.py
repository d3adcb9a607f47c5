"""How the network is built, and how healthy it is."""

from __future__ import annotations

from cnnlab.ui.anatomy.network_anatomy import data_flow, distributions, silent_channels
from cnnlab.ui.cache import inspection
from cnnlab.ui.state.chosen_network import one_network
from cnnlab.ui.wording import thing

shown = one_network()
data_flow(shown)
silent_channels(inspection.liveliness(shown), f"{inspection.digits_for_dead(shown):,} test {thing(shown)}s")
distributions(shown)
