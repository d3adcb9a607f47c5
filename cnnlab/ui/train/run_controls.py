"""The buttons that start, pause, step and stop a run, and its pace."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.classroom.lesson import lesson
from cnnlab.common.threads import half_the_cores
from cnnlab.data.datasets.download import Progress
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.state import chosen_network, visitor, watched
from cnnlab.ui.train.settings import folded

PACES = {
    "Full speed": None,
    "20 steps a second": 20.0,
    "10 steps a second": 10.0,
    "5 steps a second": 5.0,
    "2 steps a second": 2.0,
    "1 step a second": 1.0,
}
PROBLEM = "train_stop_problem"  # session-state key: why another process could not be asked to stop
OBEY_SECONDS = 0.5  # how long a click waits for the thread, so that the buttons are drawn for the new state


Prepare = Callable[[Progress], list[PreparedRun]]  # what makes the runs that are to begin


def draw(snapshot: Snapshot, prepare: Prepare | None) -> None:
    """Draw the buttons for a run in this state; Start and Step begin what `prepare` makes when none is under way.

    prepare is None where the settings allow nothing to begin.
    """
    runner, state = loaders.runner(), snapshot.state
    row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="train_transport")  # it wraps
    if watched.is_elsewhere():
        _draw_elsewhere(row, snapshot, prepare)
        return
    trains, ready = state in ("running", "paused"), not snapshot.active and prepare is not None
    start = _button(row, "Start", "play_arrow", enabled=ready, primary=True)
    interrupted = None if snapshot.active else chosen_network.choice().run
    resume = False
    if state == "paused":
        _button(row, "Resume", "resume", enabled=True, command=runner.resume, primary=True)
    elif interrupted and interrupted.can_go_on:
        resume = _button(row, f"Resume {interrupted.name}", "resume", enabled=True)
    else:
        _button(row, "Pause", "pause", enabled=state == "running", command=runner.pause)
    step_batch = runner.step_batch if snapshot.active else None
    step = _button(row, "Step batch", "skip_next", enabled=ready or trains, command=step_batch)
    _button(row, "Step epoch", "fast_forward", enabled=trains, command=runner.step_epoch)
    _button(row, "Stop", "stop", enabled=snapshot.active and state != "stopping", command=runner.stop)
    _pace(row)
    if interrupted and resume:
        begin(lambda on_progress: [launch.resume(interrupted, on_progress)])
    elif prepare is not None and not snapshot.active and (start or step):
        begin(prepare, steps=1 if step else None)


def _draw_elsewhere(row: DeltaGenerator, snapshot: Snapshot, prepare: Prepare | None) -> None:
    """Draw what there is beside a run that another process trains: its Stop, and Start for a run of one's own."""
    start = _button(row, "Start", "play_arrow", enabled=prepare is not None)
    _button(row, "Stop", "stop", enabled=snapshot.state != "stopping", command=_ask_to_stop, primary=True)
    row.markdown(f"**{messages.plain(snapshot.run or '')}** is trained by another process.", width="content")
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)
    if prepare is not None and start:
        begin(prepare)


def _ask_to_stop() -> None:
    try:
        watched.ask_to_stop()
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)


def _button(
    place: DeltaGenerator,
    label: str,
    icon: str,
    *,
    enabled: bool,
    command: Callable[[], None] | None = None,
    primary: bool = False,
) -> bool:
    """Draw a button that gives `command` to whoever trains; return whether it was just pressed."""
    pressed = visitor.reserved(
        place.button,
        label,
        icon=f":material/{icon}:",
        disabled=not enabled,
        width="stretch",
        key=f"train_control_{label}",
        type="primary" if primary and enabled else "secondary",
        on_click=_give if command else None,
        args=(command,) if command else None,
    )
    return bool(pressed)


def _give(command: Callable[[], None]) -> None:
    """Give the command and wait, at most OBEY_SECONDS, until the snapshot shows its effect."""
    before = watched.snapshot()
    command()
    deadline = time.monotonic() + OBEY_SECONDS
    while time.monotonic() < deadline:
        now = watched.snapshot()
        if (now.state, now.step) != (before.state, before.step) and now.state != "starting":
            return
        time.sleep(0.01)


def _pace(place: DeltaGenerator) -> None:
    """Draw the choice of full speed or slow motion."""
    runner = loaders.runner()
    names = list(PACES)
    now = next(name for name, pace in PACES.items() if pace == runner.pace)
    if "train_pace" not in st.session_state:
        st.session_state.train_pace = now
    visitor.reserved(
        place.selectbox,
        "Slow motion",
        names,
        key="train_pace",
        label_visibility="collapsed",
        width=230,
        on_change=lambda: runner.set_pace(PACES[st.session_state.train_pace]),
    )


def begin(prepare: Prepare, steps: int | None = None) -> None:
    """Start what `prepare` makes and redraw the page; a refusal becomes a sentence."""
    try:
        with loaders.reading_data(cancel="train_cancel_download") as on_progress:
            runs = prepare(on_progress)
        if lesson.switches.is_open:
            runs = [dataclasses.replace(run, threads=half_the_cores()) for run in runs]
        loaders.runner().race(runs, steps)
    except CnnlabError as error:
        messages.problem(error)
        return
    folded.fold(True)
    st.rerun()
