"""Ready races and broken runs as the page names them: what to look at, and the healthy run of before."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnlab.runs.store import Run
from cnnlab.training.races import ReadyRace
from cnnlab.training.ready_races import RACES
from cnnlab.training.recipes import FREE
from cnnlab.training.sabotages import SABOTAGES
from cnnlab.training.snapshot import Snapshot
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import run_curves
from cnnlab.ui.components.run_curves import RunCurves

KEPT = tuple(name for name in FREE if name != "seed")  # in these a healthy run of before may differ


def called(title: str) -> ReadyRace | None:
    """The ready race of this title."""
    return next((each for each in (*RACES.values(), *SABOTAGES.values()) if each.title == title), None)


def of_lanes(lanes: Sequence[Snapshot]) -> ReadyRace | None:
    """The ready race that these lanes are of."""
    race = lanes[0].lane.race if lanes and lanes[0].lane else ""
    return called(race.rpartition(" · ")[0])


def draw_note(lanes: Sequence[Snapshot], outcome: str) -> None:
    """Say what came out, and what to look at, with a link to the page that shows it."""
    found = of_lanes(lanes)
    said = " ".join(filter(None, (outcome, found.note if found else "")))
    if not said:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(said, width="content")
        if found and found.page != "train":
            name = found.page.replace("_", " ").capitalize()
            st.page_link(f"pages/{found.page}.py", label=f"See it under {name}", icon=":material/arrow_forward:")


def known(race: ReadyRace) -> Run | None:
    """The newest run that has ended and was trained as the race's first lane would be."""
    wanted = race.entries[0].config
    ended = (run for run in loaders.runs()[0] if run.outcome and run.outcome.state == "finished")
    return next((run for run in ended if wanted.agrees(run.config, apart_from=KEPT)), None)


def healthy_run(lanes: Sequence[Snapshot]) -> tuple[RunCurves, int] | None:
    """(the curves, the batch size) of the run that stands for a lane which was not run again; None where all were."""
    found = of_lanes(lanes)
    run = known(found) if found and len(lanes) < len(found.entries) else None
    return (run_curves.of_run(run), run.config.batch_size) if run else None
