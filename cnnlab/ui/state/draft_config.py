"""The settings of the next run, as they stand on the training page."""

from __future__ import annotations

import contextlib

import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.models.custom_store import Choice
from cnnlab.training.recipes import FIRST

DRAFT = "draft_config"  # session-state key: a TrainConfig, kept while another page is shown


def propose(network: Choice, dataset: str) -> None:
    """Open the training page with this network and data set, unless a run is under way.

    The other settings stay as they were; so does the data set where they do not allow another one.
    """
    draft = st.session_state.get(DRAFT, FIRST.config)
    draft = draft.replace(network=network.network, options=network.options)
    with contextlib.suppress(CnnlabError):
        draft = draft.replace(dataset=dataset)
    st.session_state[DRAFT] = draft
