"""The network that every page shows: a run's epoch, or the one in training."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.models.families.ensemble_net import NAME as ENSEMBLE
from cnnlab.runs import store
from cnnlab.training.snapshot import LiveWeights, Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import watched

RUN, LIVE, LANE = "shared_run", "shared_follow_live", "shared_lane"  # session-state keys of the sidebar's widgets
CHOSEN, ENDED = "shared_chosen_run", "shared_ended_run"  # and of what they show: what was chosen, what ended since then


@dataclass(frozen=True)
class Choice:
    """The sidebar's state. run is None only while there are no runs at all."""

    run: store.Run | None
    epoch: int
    live: bool


def epoch_key(run: str) -> str:
    """The session-state key of the epoch slider of `run`: every run remembers its own."""
    return f"shared_epoch_of_{run}"


def choose(run: str) -> None:
    """Make every page show this run."""
    st.session_state[CHOSEN] = run
    st.session_state.pop(ENDED, None)


def choice() -> Choice:
    """What the sidebar says now."""
    known, _ = loaders.runs()
    by_name = {run.name: run for run in known}
    run = by_name.get(st.session_state.get(RUN, "")) or (known[0] if known else None)
    if run is None:
        return Choice(None, 0, False)
    epoch = st.session_state.get(epoch_key(run.name), run.epochs[-1])
    live = bool(st.session_state.get(LIVE)) and watched.snapshot().active
    return Choice(run, epoch if epoch in run.epochs else run.epochs[-1], live)


def network() -> store.Checkpoint:
    """The network chosen in the sidebar; while training is followed, the copy that it published last.

    Ends the page with a sentence where there is none. Its digest tells two states of a network apart.
    """
    chosen = choice()
    if chosen.live and (live := live_network()):
        return live
    if chosen.run is None:
        st.info("There is no trained network yet: train one on the first page.")
        st.stop()
    return loaders.checkpoint(chosen.run, chosen.epoch)


def network_of(chosen: Choice) -> store.Checkpoint:
    """The network of a choice that was made before, where no page runs. Raises CnnlabError where it is gone."""
    if chosen.live and (live := live_network()):
        return live
    assert chosen.run, "nothing can be chosen while there are no runs"
    try:
        return loaders.read_checkpoint(chosen.run, chosen.epoch)
    except OSError as error:
        raise CnnlabError(
            f"{chosen.run.name} cannot be read any more ({error.strerror}): choose another run."
        ) from error


def followed() -> Snapshot:
    """The run under way, of a race the lane that the sidebar says."""
    wanted = st.session_state.get(LANE)
    return next((lane for lane in watched.lanes() if lane.run == wanted), None) or watched.snapshot()


def live_network() -> store.Checkpoint | None:
    """The network in training, of a race the sidebar's lane, as it was published last; None while there is none."""
    weights = watched.live_weights(followed().run)
    return _live_network(weights.run, weights.step, weights) if weights else None


def one_network() -> store.Checkpoint:
    """As network(), for pages that look inside: ends the page with a sentence where an ensemble is chosen."""
    shown = network()
    if shown.config.network == ENSEMBLE:
        names = ", ".join(member["run"] for member in shown.config.options["members"])
        st.info(
            f"**{shown.run}** asks {len(shown.config.options['members'])} networks ({names}) and has no layers of its "
            "own: choose one of them in the sidebar to look inside."
        )
        st.stop()
    return shown


@st.cache_resource(max_entries=2, show_spinner=False)  # the last two: another comes with every tick
def _live_network(run: str, step: int, _weights: LiveWeights) -> store.Checkpoint:
    return store.Checkpoint(
        run=run,
        epoch=_weights.epoch,
        model=store.rebuild(_weights.config, _weights.classes, _weights.image_shape, _weights.tensors),
        config=_weights.config,
        classes=_weights.classes,
        image_shape=_weights.image_shape,
        digest=f"{run} at step {step}",
    )
