"""The recipe of the next run in the address."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.recipes import FIRST, RECIPES
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.draft_config import DRAFT
from cnnlab.ui.train.settings import fields, form


def remember(snapshot: Snapshot) -> None:
    """Let the recipe stand in the address, except while a run is under way: then the settings are that run's.

    An address with another recipe than the one that is shown brings that recipe's settings.
    """
    if snapshot.active:
        return

    def shown() -> str:
        return form.base(snapshot).recipe

    def put(name: str) -> None:
        if name != shown():
            st.session_state[DRAFT] = RECIPES[name].config
            for field in ("recipe", "learning_rate"):
                st.session_state.pop(fields.key(field), None)  # the form fills them anew

    address.says("recipe", one_of(RECIPES, str), FIRST.name, shown, put)
