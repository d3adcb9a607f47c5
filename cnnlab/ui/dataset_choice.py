"""Which data set the pages without a network look at."""

from __future__ import annotations

import streamlit as st

from cnnlab import data
from cnnlab.data.dataset import Dataset
from cnnlab.ui import loaders
from cnnlab.ui.keep import keep

NAME = "looked_at_dataset"  # session-state key


def draw(place) -> str:
    """Draw the choice into `place` where there is more than one; return the name."""
    names = data.names()
    keep(**{NAME: names[0]})
    if st.session_state[NAME] not in names:
        st.session_state[NAME] = names[0]
    if len(names) == 1:
        return names[0]
    return place.selectbox("Data set", names, key=NAME, label_visibility="collapsed")


def name() -> str:
    """The name that was chosen last; the first one until then."""
    names = data.names()
    chosen = st.session_state.get("kept_widgets", {}).get(NAME)
    return chosen if chosen in names else names[0]


def chosen() -> tuple[Dataset, Dataset]:
    """(train, test) of the chosen data set. Ends the page with a sentence when it cannot be had."""
    return loaders.dataset(name())
