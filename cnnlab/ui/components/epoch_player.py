"""Playing a run's epochs: the sidebar's slider moves by itself, and with it whatever a page shows."""

from __future__ import annotations

import time

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.runs import store
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import address
from cnnlab.ui.state.chosen_network import Choice, epoch_key

PLAY_SECONDS = 1.0  # an epoch's time on the screen: long enough to look at
PLAYING, TURNED = "epoch_player_run", "epoch_player_turned_at"


def play_button(chosen: Choice, place: DeltaGenerator) -> None:
    """Draw Play or Pause for the epochs of the chosen run into `place`, and turn to the next epoch while it plays."""
    run = chosen.run
    if run is None or len(run.epochs) < 2:
        return
    playing = st.session_state.get(PLAYING) == run.name and not chosen.live
    place.button(
        "Pause" if playing else "Play the epochs",
        icon=":material/pause:" if playing else ":material/play_arrow:",
        disabled=chosen.live,
        width="stretch",
        key="epoch_player_play",
        help="From the untrained network to the last epoch.",
        on_click=_pause if playing else _play,
        args=() if playing else (run, chosen.epoch),
    )
    if playing:
        address.hold()  # one step of the history for all epochs
        st.fragment(_turn, run_every=PLAY_SECONDS / 4)(run)


def _play(run: store.Run, epoch: int) -> None:
    """Play from `epoch`; from the first where that is the last."""
    st.session_state[PLAYING] = run.name
    st.session_state[TURNED] = time.monotonic()
    if epoch == run.epochs[-1]:
        st.session_state[epoch_key(run.name)] = run.epochs[0]


def _pause() -> None:
    st.session_state.pop(PLAYING, None)


def _turn(run: store.Run) -> None:
    """Show the next epoch when the present one has been seen long enough; stop at the last."""
    key, epochs = epoch_key(run.name), run.epochs
    if time.monotonic() - st.session_state.get(TURNED, 0) < PLAY_SECONDS or PLAYING not in st.session_state:
        return
    following = [epoch for epoch in epochs if epoch > st.session_state[key]]
    if following:
        st.session_state[key] = following[0]
        st.session_state[TURNED] = time.monotonic()
    if len(following) <= 1:
        _pause()
    st.rerun()


def previous(chosen: Choice, shown: store.Checkpoint) -> store.Checkpoint | None:
    """The network of the kept epoch before `shown`; None for the untrained one. Of a live one, its last whole epoch."""
    run = next((run for run in loaders.runs()[0] if run.name == shown.run), None)
    last = shown.epoch if chosen.live else shown.epoch - 1
    if run is None:
        return None
    earlier = [epoch for epoch in run.epochs if epoch <= last]
    return loaders.checkpoint(run, earlier[-1]) if earlier else None
