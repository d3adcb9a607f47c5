"""Running through a run's epochs by itself, to watch a page change as the network learns."""

from __future__ import annotations

import streamlit as st

from cnnlab.ui.choice import choice, epoch_key

PLAYING = "playing_epochs"  # the run that is being played
SECONDS = 1.2


def draw() -> None:
    """A button under the sidebar's epoch; nothing where there is but one epoch."""
    chosen = choice()
    if chosen.run is None or chosen.live or len(chosen.run.epochs) < 2:
        st.session_state.pop(PLAYING, None)
        return
    playing = st.session_state.get(PLAYING) == chosen.run.name
    label, icon = ("Stop", "stop") if playing else ("Play the epochs", "play_arrow")
    st.button(label, icon=f":material/{icon}:", on_click=_toggle, args=(chosen.run,), width="stretch", key="play")
    if playing:
        st.fragment(_advance, run_every=SECONDS)(chosen.run, chosen.epoch)


def _toggle(run) -> None:
    if st.session_state.pop(PLAYING, None) is None:
        st.session_state[PLAYING] = run.name
        st.session_state[epoch_key(run.name)] = run.epochs[0]
        st.session_state.play_drawn = None


def _advance(run, epoch: int) -> None:
    """At the first call, with the epoch just drawn, wait; at the next, go on to the following one."""
    if st.session_state.get("play_drawn") != epoch:
        st.session_state.play_drawn = epoch
        return
    later = [each for each in run.epochs if each > epoch]
    if later:
        st.session_state[epoch_key(run.name)] = later[0]
    if len(later) < 2:
        st.session_state.pop(PLAYING, None)
    st.rerun()
