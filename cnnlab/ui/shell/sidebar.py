"""The sidebar all pages share: which run, which epoch, follow live, and how the training stands."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.state.chosen_network import LIVE, RUN, epoch_key

POLL_SECONDS = 2.0
DEFAULT = "draw"
SEEN = "outcome_seen"  # the run whose end this tab has already taken notice of


def draw(status: bool) -> None:
    """Draw the sidebar, with a line on the run under way if `status`; call once a script run, before the page."""
    snapshot = loaders.runner().snapshot()
    _take_finished_run(snapshot)
    known, problems = loaders.runs()
    with st.sidebar:
        if known:
            _choose(known, snapshot)
        if status:
            poll = POLL_SECONDS if snapshot.active else None
            st.fragment(_status, run_every=poll)(snapshot.state)
        for problem in problems:
            st.warning(problem)


def _take_finished_run(snapshot: Snapshot) -> None:
    """Make the run that has just ended the one that all pages show."""
    if snapshot.outcome and snapshot.epochs and st.session_state.get(SEEN) != snapshot.run:
        st.session_state[SEEN] = snapshot.run
        st.session_state[RUN] = snapshot.run


def _choose(known: list, snapshot: Snapshot) -> None:
    names = [run.name for run in known]
    if st.session_state.get(RUN) not in names:
        st.session_state[RUN] = _default(known)
    accuracy = {run.name: run.outcome and run.outcome.test_accuracy for run in known}
    name = st.selectbox(
        "Run",
        names,
        key=RUN,
        help="The trained network that every page shows.",
        format_func=lambda name: f"{name} · {accuracy[name]:.1%}" if accuracy[name] else name,
    )
    run = known[names.index(name)]
    key = epoch_key(name)
    if st.session_state.get(key) not in run.epochs:
        st.session_state[key] = run.epochs[-1]
    if len(run.epochs) > 1:
        st.select_slider(
            "Epoch",
            run.epochs,
            key=key,
            disabled=bool(st.session_state.get(LIVE)) and snapshot.active,
            format_func=lambda epoch: f"{epoch} ★" if epoch == run.best_epoch else str(epoch),
            help="0 is the untrained network, ★ the best on the validation images.",
        )
    if snapshot.active:
        st.toggle("Follow live training", key=LIVE, help="Show the network that is training now, as it learns.")


def _default(known: list) -> str:
    """The shipped network for drawn digits, else the newest run that has ended, else any."""
    preferred = [run for run in known if run.name == DEFAULT] + [run for run in known if run.outcome]
    return (preferred or known)[0].name


def _status(drawn: str) -> None:
    snapshot = loaders.runner().snapshot()
    if snapshot.state != drawn:
        st.rerun()
    if snapshot.active:
        measured = [e.val_accuracy for e in snapshot.evaluations if e.val_accuracy is not None]
        reached = f" · {measured[-1]:.1%}" if measured else ""
        st.caption(f"**{snapshot.run}** {snapshot.state} · step {snapshot.step:,} of {snapshot.total_steps:,}{reached}")
