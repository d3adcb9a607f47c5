"""A study on the runs page: its runs as lines through their settings, and a table of the settings, the best first."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cnnlab.charts.parallel_axes import RunLine, parallel_axes
from cnnlab.common.text import counted
from cnnlab.runs.store import Run
from cnnlab.studies import setting_results
from cnnlab.studies.axes import plain, spelled
from cnnlab.studies.setting_results import Standing
from cnnlab.ui import messages
from cnnlab.ui.state import presenting, theme


def draw(runs: Sequence[Run], main: bool) -> None:
    """Draw the study of these runs, at least one. main: whether it is what the page shows while it presents."""
    found = setting_results.of(runs)
    view = presenting.main_view if main else lambda _: st.container()
    with view("study_sentence"):
        st.subheader(messages.plain(setting_results.sentence(found)))
    left, right = st.columns([3, 2], gap="medium")
    with left, view("study"):
        _lines(found)
    with right:
        _table(found)
        st.caption(" ".join(_notes(runs, found)))


def _lines(found: Sequence[Standing]) -> None:
    best = found[0] if found[0].mean is not None else None
    lines = [
        RunLine(run.run, run.values, run.val_accuracy, run.state == "finished", standing is best)
        for standing in found
        for run in standing.runs
        if run.val_accuracy is not None
    ]
    if not lines:
        st.caption("Nothing of it has been measured yet.")
        return
    chart = parallel_axes([plain(name) for name in found[0].varied], lines, theme.dark())
    st.altair_chart(presenting.fitted(chart, 500), key="runs_study_lines")


def _table(found: Sequence[Standing]) -> None:
    frame = pd.DataFrame(
        [
            {
                **dict(zip(map(plain, each.varied), map(spelled, each.values), strict=True)),
                "validation": _percent(each.mean),
                "spread": _percent(each.spread),
                "finished": f"{len(each.finished)} of {len(each.runs)}",
                "stopped": each.stopped,
                "test": _percent(each.test_mean),
            }
            for each in found
        ]
    )
    number = st.column_config.NumberColumn
    columns = {
        "validation": number(format="%.2f %%", help="Mean accuracy over the seeds of the runs that finished."),
        "spread": number(format="%.2f", help="Its standard deviation over the seeds, in points of a per cent."),
        "stopped": number(help="Runs that ended before their last epoch: stopped, or failed."),
        "test": number(format="%.2f %%", help="Mean test accuracy. Nothing is chosen by it."),
    }
    st.dataframe(frame, hide_index=True, key="runs_study_table", column_config=columns)


def _notes(runs: Sequence[Run], found: Sequence[Standing]) -> list[str]:
    """What the picture and the table mean, and what is still to come."""
    said = ["A line is a run, coloured by its accuracy; the best setting is thick."]
    planned = max(run.record.study.trials for run in runs if run.record.study)
    if len(runs) < planned:
        said.append(f"{len(runs)} of {counted(planned, 'run')} are here so far.")
    if any(run.state != "finished" for each in found for run in each.runs):
        said.append("Dashed: stopped, or not finished.")
    if any(each.stopped for each in found):
        said.append("A setting with stopped runs comes last, as the mean of the others flatters it.")
    return said


def _percent(value: float | None) -> float | None:
    return None if value is None else 100 * value
