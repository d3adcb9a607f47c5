"""The buttons that start, pause, step and stop a run, and slow motion."""

from __future__ import annotations

import time
from collections.abc import Callable

import streamlit as st

from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch
from cnnlab.training.config import TrainConfig
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders

PACES = {
    "full speed": None,
    "20 steps/s": 20.0,
    "10 steps/s": 10.0,
    "5 steps/s": 5.0,
    "2 steps/s": 2.0,
    "1 step/s": 1.0,
}
OBEY_SECONDS = 0.5  # how long a click waits for the thread, so that the buttons are drawn for the new state


def draw(snapshot: Snapshot, config: TrainConfig | None) -> None:
    """Draw the buttons for a run in this state; Start and Step begin a run with `config` when none is under way."""
    runner, state = loaders.runner(), snapshot.state
    columns = st.columns([1.3, 1.3, 1.3, 1.3, 1.3, 2.5], vertical_alignment="bottom")
    start = _button(columns[0], "Start", "play_arrow", snapshot.active or config is None, primary=True)
    if state == "paused":
        _button(columns[1], "Resume", "resume", False, runner.resume, primary=True)
    else:
        _button(columns[1], "Pause", "pause", state != "running", runner.pause)
    idle = not snapshot.active and config is not None
    step = _button(
        columns[2],
        "Step batch",
        "skip_next",
        not (idle or state in ("running", "paused")),
        runner.step_batch if snapshot.active else None,
    )
    _button(columns[3], "Step epoch", "fast_forward", state not in ("running", "paused"), runner.step_epoch)
    _button(columns[4], "Stop", "stop", state not in ("starting", "running", "paused"), runner.stop)
    _slow_motion(columns[5])
    if not snapshot.active and (start or step):
        _begin(config, steps=1 if step else None)


def _button(place, label: str, icon: str, disabled: bool, command: Callable | None = None, primary=False) -> bool:
    return place.button(
        label,
        icon=f":material/{icon}:",
        disabled=disabled,
        width="stretch",
        key=f"train_control_{label}",
        type="primary" if primary and not disabled else "secondary",
        on_click=_obeyed if command else None,
        args=(command,) if command else None,
    )


def _obeyed(command: Callable[[], None]) -> None:
    """Give the command and wait until the snapshot shows it."""
    before = loaders.runner().snapshot()
    command()
    deadline = time.monotonic() + OBEY_SECONDS
    while time.monotonic() < deadline:
        now = loaders.runner().snapshot()
        if (now.state, now.step) != (before.state, before.step) and now.state != "starting":
            return
        time.sleep(0.01)


def _slow_motion(place) -> None:
    runner = loaders.runner()
    names = list(PACES)
    now = next(name for name, pace in PACES.items() if pace == runner.pace)
    if "train_pace" not in st.session_state:
        st.session_state.train_pace = now
    place.select_slider(
        "Slow motion",
        names[::-1],
        key="train_pace",
        help="Training steps a second, for explaining.",
        on_change=lambda: runner.set_pace(PACES[st.session_state.train_pace]),
    )


def _begin(config: TrainConfig, steps: int | None) -> None:
    """Start a run and redraw the page; a refusal becomes a sentence."""
    try:
        with loaders.reading_data() as on_progress:
            run = launch.prepare(config, paths.checkpoints(), on_progress)
        loaders.runner().start(run, steps)
    except CnnlabError as error:
        st.error(str(error))
        return
    st.rerun()
