"""The choice of up to four runs for one chart."""

from __future__ import annotations

import streamlit as st

from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import some_of

MOST = 4
STORY = ("a0-simple-cnn", "shift-augmented", "gap", "polyphase", "blurpool")  # recipes, in the order of preference


def choose(network: Checkpoint) -> list[Checkpoint]:
    """Draw the choice; return the network of each run's last epoch, but `network` itself for the sidebar's run."""
    known = {
        run.name: run
        for run in loaders.runs()[0]
        if (run.record.classes, run.record.image_shape) == (network.classes, network.image_shape)
    }
    story = [name for name in STORY if name in known][:MOST]
    usual = story or [network.run][: len(known)]
    address.remember("runs", "shift_runs", some_of(known, most=MOST), usual)
    names = st.multiselect("Runs", list(known), key="shift_runs", max_selections=MOST, placeholder="Choose up to four")
    return [
        network if name == network.run else loaders.checkpoint(known[name], known[name].epochs[-1]) for name in names
    ]
