"""Gradient norms on the training page: curves when switched on, a warning at any time."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts.gradient_curves import gradient_chart
from cnnlab.training.gradients import summary, troubled
from cnnlab.ui.components import curve_chart
from cnnlab.ui.components.run_curves import RunCurves

SHOWN = "train_show_gradients"


def switch() -> None:
    """The sidebar's switch."""
    st.toggle("Gradients layer by layer", key=SHOWN, help="How strongly each layer is pulled by the last step.")


def draw(record: RunCurves) -> None:
    """Draw the run's gradient norms, and a warning if they vanish or explode."""
    measured = [each for each in record.evaluations if each.gradients]
    if not measured:
        return
    latest = measured[-1].gradients
    if trouble := troubled(latest):
        st.warning(trouble, icon=":material/trending_down:")
    if not st.session_state.get(SHOWN):
        return
    curve_chart.draw(
        gradient_chart([each.step for each in measured], [each.gradients for each in measured]),
        key="train_gradient_chart",
    )
    if not trouble:
        st.caption(summary(latest))
