"""The settings in one line, as long as people look at the curves; only the learning rate is a field."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.messages import plain
from cnnlab.ui.state.draft_config import DRAFT
from cnnlab.ui.train.settings import form, in_words
from cnnlab.ui.train.settings.fields import key, number

FOLDED = "train_folded"  # session-state key


def draw(snapshot: Snapshot) -> TrainConfig | None:
    """Draw the line; return the settings of the run under way or of the next one, None where the rate is wrong."""
    config = form.base(snapshot)
    if snapshot.active and snapshot.lane:
        lanes = len(loaders.runner().lanes())
        st.markdown(f"**{plain(snapshot.lane.race.rpartition(' · ')[0])}** · {lanes} lane{'s' * (lanes != 1)}")
        return config
    rate = key("learning_rate")
    if form.shows_another_run(snapshot) or rate not in st.session_state:
        st.session_state[rate] = form.rate(snapshot)
    st.session_state[rate] = st.session_state[rate]  # a field at another place is another one to Streamlit
    line = st.container(horizontal=True, vertical_alignment="center", gap="small")
    line.markdown(f"{in_words.line(config)} · learning rate", width="content")
    number(
        line, "learning_rate", "Learning rate", False, step=1e-4, label_visibility="collapsed", width=150,
        on_change=form.change_learning_rate,
    )  # fmt: skip
    change_button(line, snapshot.active)
    form.say_problem()
    if snapshot.active:
        return config
    try:
        config = config.replace(learning_rate=st.session_state[rate])
    except CnnlabError as error:
        messages.problem(error)
        return None
    st.session_state[DRAFT] = config
    return config


def change_button(place: DeltaGenerator, active: bool) -> None:
    """Draw the button that shows all settings again; active: they can only be looked at."""
    word, icon = ("Settings", "expand_more") if active else ("Change", "edit")
    place.button(word, icon=f":material/{icon}:", type="tertiary", key="train_unfold", on_click=fold, args=(False,))


def hide_button() -> None:
    """Draw the button that leaves the line of all settings."""
    st.button(
        "Hide the settings",
        icon=":material/expand_less:",
        type="tertiary",
        key="train_fold",
        on_click=fold,
        args=(True,),
    )


def fold(folded: bool) -> None:
    """Show the line, or all settings, from the next run of the script on."""
    st.session_state[FOLDED] = folded
