"""What is chosen before Start: one run's settings, a race's lanes, or something to be broken on purpose."""

from __future__ import annotations

from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.common import paths
from cnnlab.data.datasets.download import Progress
from cnnlab.runs import launch, race_launch
from cnnlab.training.config import TrainConfig
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.races import ReadyRace
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.state import watched
from cnnlab.ui.train import run_controls
from cnnlab.ui.train.race import breaking, line_up, ready, start_mode
from cnnlab.ui.train.settings import folded, form


def draw(snapshot: Snapshot, row: DeltaGenerator, more: DeltaGenerator) -> run_controls.Prepare | None:
    """Draw the choices into `row`, further settings into `more`; return what Start prepares.

    snapshot: of this server's runner.

    None where nothing can begin: while a run is under way, while a setting is wrong, or where a button of its own
    begins.
    """
    is_folded = st.session_state.setdefault(folded.FOLDED, watched.snapshot().active)
    with row:
        mode = start_mode.choose(snapshot.active)
        if mode == start_mode.BREAK:
            breaking.in_address()
        elif mode == start_mode.RACE:
            line_up.in_address()
        if snapshot.active:
            _settings(snapshot, row, more, is_folded)
            return None
        if mode == start_mode.BREAK:
            if pressed := breaking.draw():
                run_controls.begin(partial(_broken, pressed))
            return None
        if mode == start_mode.RACE:
            return _line_up(snapshot, row, more, is_folded)
        config = _settings(snapshot, row, more, is_folded)
        return partial(_one, config) if config else None


def _settings(snapshot: Snapshot, row: DeltaGenerator, more: DeltaGenerator, is_folded: bool) -> TrainConfig | None:
    if is_folded:
        return folded.draw(snapshot)
    config = form.draw(snapshot, row, more)
    if watched.snapshot().epochs:  # there are curves that want the place
        folded.hide_button()
    return config


def _line_up(
    snapshot: Snapshot, row: DeltaGenerator, more: DeltaGenerator, is_folded: bool
) -> run_controls.Prepare | None:
    if is_folded:
        line = st.container(horizontal=True, vertical_alignment="center", gap="small")
        line.markdown(line_up.line(), width="content")
        folded.change_button(line, active=False)
        lanes = line_up.chosen()
    else:
        lanes = line_up.draw(_settings(snapshot, row, more, is_folded=False))
    return partial(_race, lanes) if len(lanes.entries) > 1 else None


def _one(config: TrainConfig, on_progress: Progress) -> list[PreparedRun]:
    return [launch.prepare(config, paths.checkpoints(), on_progress)]


def _race(lanes: line_up.LineUp, on_progress: Progress) -> list[PreparedRun]:
    return race_launch.prepare(lanes.entries, lanes.title, paths.checkpoints(), on_progress)


def _broken(race: ReadyRace, on_progress: Progress) -> list[PreparedRun]:
    """The lanes; the healthy one only where it has not been trained before, else its curve is shown beside them."""
    beside = int(ready.known(race) is not None)
    return race_launch.prepare(race.entries[beside:], race.title, paths.checkpoints(), on_progress, beside)
