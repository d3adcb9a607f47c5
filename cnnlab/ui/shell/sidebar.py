"""The sidebar of all pages: which run, which epoch, whether to follow training, and how far that is."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnlab.runs.store import Run
from cnnlab.training.results import newest
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import address_bar
from cnnlab.ui.shell import unreadable_runs
from cnnlab.ui.state import address, presenting, visitor, watched
from cnnlab.ui.state.address_kinds import Kind, NotShownError, flag, one_of
from cnnlab.ui.state.chosen_network import CHOSEN, ENDED, LANE, LIVE, RUN, choose, epoch_key, followed

POLL_SECONDS = 2.0
DEFAULT = "draw"
SEEN = "outcome_seen"  # session-state key: the run whose end this tab has seen


def draw(status: bool, keeps_chosen: bool) -> Snapshot:
    """Draw the sidebar, with a line about the run under way if `status`; call once in a script run, before the page.

    keeps_chosen: the page goes on with the run that a person chose when another one has ended. Returns what it knew of
    the training, for `catch_up`.
    """
    snapshot = watched.snapshot()
    _take_finished_run(snapshot)
    presenting.in_address()
    known, unreadable = loaders.runs()
    with st.sidebar:
        if known:
            _from_address(known, snapshot)
            _choose(known, snapshot, keeps_chosen)
        if status or not snapshot.active:  # for a training that another process begins
            st.fragment(_status, run_every=POLL_SECONDS)(snapshot, status)
        unreadable_runs.draw(unreadable)
        if not visitor.may_change():
            st.caption("You look on: draw, choose, open every page. Only the teacher starts and keeps.")
        address_bar.draw()
        st.button("Present", icon=":material/slideshow:", key="shared_present", on_click=presenting.toggle,
                  help="What matters on this page fills the screen. Key P.")  # fmt: skip
    return snapshot


def catch_up(drawn: Snapshot) -> None:
    """Draw all anew if what `draw` returned holds no more; call after the page.

    A run may end between the two: then the page asks for nothing more, and nothing would bring the sidebar up to date.
    """
    snapshot = watched.snapshot()
    if (snapshot.state, snapshot.run) != (drawn.state, drawn.run):
        st.rerun()


def _take_finished_run(snapshot: Snapshot) -> None:
    """Make the run that has just ended the one that pages show, until another is chosen."""
    if snapshot.outcome and snapshot.epochs and st.session_state.get(SEEN) != snapshot.run:
        st.session_state[SEEN] = snapshot.run
        st.session_state[ENDED] = snapshot.run


def _from_address(known: list[Run], snapshot: Snapshot) -> None:
    """Let the run, and whether training is followed, stand in the address."""
    state, names = st.session_state, [run.name for run in known]
    lanes = [lane.run for lane in watched.lanes()] or [snapshot.run]
    learning = [run for run in lanes if run and snapshot.active]

    def follows() -> bool:
        return bool(state.get(LIVE)) and snapshot.active

    def put(name: str) -> None:
        choose(name if name in names else default(known))
        if name in learning:
            state[LANE] = name

    address.says(
        "run", one_of([*names, *learning], str), default(known),
        lambda: followed().run if follows() else state.get(RUN, state.get(CHOSEN)), put, always=True,
    )  # fmt: skip
    address.says("live", _live(snapshot), False, follows, lambda value: state.update({LIVE: value}))


def _live(snapshot: Snapshot) -> Kind:
    """On or off; on only while a network trains."""
    plain = flag()

    def read(texts: Sequence[str]) -> bool:
        wanted = bool(plain.read(texts))
        if wanted and not snapshot.active:
            raise NotShownError("The address follows a training, but none is under way: the page shows what is kept.")
        return wanted

    return Kind(read, plain.write, plain.fits)


def _choose(known: list[Run], snapshot: Snapshot, keeps_chosen: bool) -> None:
    by_name, state = {run.name: run for run in known}, st.session_state
    if state.setdefault(CHOSEN, state.get(RUN)) not in by_name:
        state[CHOSEN] = default(known)
    ended = state.get(ENDED)
    state[RUN] = state[CHOSEN] if keeps_chosen or ended not in by_name else ended
    if state.get(LIVE) and snapshot.active:
        if snapshot.lane:
            _choose_lane(watched.lanes())
        else:
            following = f"{snapshot.run}, as it learns"
            st.selectbox("Run", [following], key="shared_followed_run", disabled=True)
        _follow()
        return
    accuracy = {run.name: run.outcome and run.outcome.test_accuracy for run in known}
    name = st.selectbox(
        "Run",
        by_name,
        key=RUN,
        on_change=lambda: choose(state[RUN]),
        help="The trained network that every page shows.",
        format_func=lambda name: f"{name} · {accuracy[name]:.1%}" if accuracy[name] else name,
    )
    run = by_name[name]
    key = epoch_key(name)
    address.says(
        "epoch", one_of(run.epochs, str), run.epochs[-1],
        lambda: state.get(key), lambda epoch: state.update({key: epoch}), always=True,
    )  # fmt: skip
    state[key] = state.get(key) if state.get(key) in run.epochs else run.epochs[-1]
    if len(run.epochs) > 1:
        st.select_slider(
            "Epoch",
            run.epochs,
            key=key,
            format_func=lambda epoch: f"{epoch} ★" if epoch == run.best_epoch else str(epoch),
            help="0 is the untrained network, ★ the best on the validation images.",
        )
    if snapshot.active:
        _follow()


def _choose_lane(lanes: Sequence[Snapshot]) -> None:
    """Draw the choice of the lane that is followed."""
    words = {lane.run: lane.lane.words for lane in lanes if lane.lane}
    if st.session_state.get(LANE) not in words:
        st.session_state[LANE] = next(iter(words))
    st.selectbox("Lane", words, key=LANE, format_func=lambda run: f"{words[run]}, as it learns")


def _follow() -> None:
    st.toggle("Follow live training", key=LIVE, help="Show the network that is training now, as it learns.")


def default(known: list[Run]) -> str:
    """The shipped network for drawn digits, else the newest run that has ended, else any."""
    preferred = [run for run in known if run.name == DEFAULT] + [run for run in known if run.outcome]
    return (preferred or known)[0].name


def _status(drawn: Snapshot, shown: bool) -> None:
    """Draw the line, if it is to be shown; another state, or another run, redraws the whole page."""
    catch_up(drawn)
    snapshot = watched.snapshot()
    if shown and snapshot.active:
        snapshot = followed()
        accuracy = newest(snapshot.evaluations, "val_accuracy")
        reached = "" if accuracy is None else f" · {accuracy:.1%}"
        st.caption(f"**{snapshot.run}** {snapshot.state} · step {snapshot.step:,} of {snapshot.total_steps:,}{reached}")
