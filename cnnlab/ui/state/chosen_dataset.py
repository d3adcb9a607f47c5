"""The data set chosen for the pages that show no network."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.data import datasets
from cnnlab.data.dataset import Dataset
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of

NAME = "shared_dataset"  # session-state key


def draw(place: DeltaGenerator) -> str:
    """Draw the choice into `place` where there is more than one; return the name."""
    names = datasets.names()
    address.remember("data", NAME, one_of(names, str), names[0])
    if len(names) == 1:
        return names[0]
    place.selectbox("Data set", names, key=NAME, label_visibility="collapsed")
    return st.session_state[NAME]


def name() -> str:
    """The name that was chosen last; the first one until then."""
    names = datasets.names()
    chosen = st.session_state.get("kept_widgets", {}).get(NAME)
    return chosen if chosen in names else names[0]


def chosen() -> tuple[Dataset, Dataset]:
    """(train, test) of the chosen data set. Ends the page with a sentence where it cannot be read."""
    return loaders.dataset(name())
