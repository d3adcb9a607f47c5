"""The training that pages watch: this server's own, or one that another process writes into the folder of runs.

Only what is read; commands are for the runner, apart from the one that another process obeys.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cnnlab.common import paths
from cnnlab.runs.elsewhere import Elsewhere
from cnnlab.runs.run_elsewhere import RunElsewhere
from cnnlab.training.snapshot import ACTIVE, LiveWeights, Snapshot
from cnnlab.ui.cache import loaders


@st.cache_resource(max_entries=2, show_spinner=False)
def _elsewhere(root: str) -> Elsewhere:
    return Elsewhere(Path(root))


def _others() -> tuple[RunElsewhere, ...]:
    """The runs of other processes that are watched; empty where it is the runner's.

    That goes first while it has a run under way; else what trains elsewhere, until a run begins here.
    """
    elsewhere = _elsewhere(str(paths.checkpoints()))
    if loaders.runner().snapshot().active:
        elsewhere.forget()
        return ()
    return elsewhere.watched()


def snapshot() -> Snapshot:
    """As Runner.snapshot."""
    lanes = [other.snapshot() for other in _others()]
    if not lanes:
        return loaders.runner().snapshot()
    return next((lane for lane in lanes if lane.active), lanes[0])


def lanes() -> tuple[Snapshot, ...]:
    """As Runner.lanes."""
    return tuple(other.snapshot() for other in _others()) or loaders.runner().lanes()


def live_weights(run: str | None) -> LiveWeights | None:
    """As Runner.live_weights; of a run elsewhere its newest epoch on the disk."""
    others = _others()
    if not others:
        return loaders.runner().live_weights(run)
    return next((other for other in others if other.path.name == run), others[0]).live_weights()


def is_elsewhere() -> bool:
    """Whether another process trains what is watched."""
    return any(other.snapshot().active for other in _others())


def ask_to_stop() -> None:
    """Ask the processes that train it. Raises CnnlabError where that cannot be."""
    for other in _others():
        if other.snapshot().state in ACTIVE:
            other.ask_to_stop()
