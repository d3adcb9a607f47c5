"""The chosen runs side by side: their curves, and where their settings differ."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from cnnlab.charts import run_comparison
from cnnlab.charts.palette import CHOSEN, translucent
from cnnlab.charts.training_curves import Curve
from cnnlab.runs.compare import Setting, settings
from cnnlab.runs.store import Run
from cnnlab.ui.components import run_curves
from cnnlab.ui.state import presenting

NAMED = 5  # settings that the sentence lists
DIFFERENT = f"background-color: {translucent(CHOSEN, 0.28)}; font-weight: 600"


def draw(runs: Sequence[Run]) -> None:
    """Draw two charts and the tables of settings, the different ones first."""
    runs = runs[: run_comparison.MOST]
    records = [run_curves.of_run(run) for run in runs]
    with presenting.main_view("curves"):
        left, right = st.columns(2, gap="medium")
    with left:
        _chart([each.losses for each in records if len(each.losses.x)], run_comparison.losses, "loss")
    with right:
        curves = [each.measured("val_accuracy") for each in records]
        _chart([each for each in curves if len(each.x)], run_comparison.accuracies, "accuracy")
    rows = settings(runs)
    differing = [row for row in rows if row.differs]
    if len(runs) > 1:
        st.subheader(sentence(differing))
        if differing:
            _table(differing, runs, highlight=True)
    with st.expander("The same in all of them" if len(runs) > 1 else "All settings", expanded=len(runs) == 1):
        _table([row for row in rows if not row.differs], runs)


def sentence(differing: Sequence[Setting]) -> str:
    """In how many settings they differ, and in which."""
    if not differing:
        return "All settings are the same."
    names = [row.name.replace("_", " ") for row in differing]
    count = len(names)
    if count > NAMED:
        names = [*names[: NAMED - 1], f"{count - NAMED + 1} more"]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"They differ in {count} setting{'s' * (count != 1)}: {listed}."


def _chart(curves: list[Curve], chart: Callable[[list[Curve]], alt.Chart], key: str) -> None:
    if curves:
        st.altair_chart(presenting.fitted(chart(curves), 580), key=f"runs_compared_{key}")
    else:
        st.caption(f"No {key} was kept: the run has not ended, or nothing validates in it.")


def _table(rows: Sequence[Setting], runs: Sequence[Run], highlight: bool = False) -> None:
    frame = pd.DataFrame(
        [row.values for row in rows],
        columns=[run.name for run in runs],
        index=pd.Index([row.name.replace("_", " ") for row in rows], name="setting"),
    )
    shown = frame.style.map(lambda _: DIFFERENT) if highlight else frame
    st.dataframe(shown, height="content", column_config={"_index": st.column_config.Column(width=190)})
