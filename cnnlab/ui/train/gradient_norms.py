"""Gradient norms on the training page: curves when switched on."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from cnnlab.charts.gradient_curves import gradient_chart
from cnnlab.training.gradients import summary
from cnnlab.ui.components import curve_chart
from cnnlab.ui.components.run_curves import RunCurves

SHOWN = "train_show_gradients"


def switch() -> None:
    """Draw the switch for the curves."""
    st.toggle("Gradients layer by layer", key=SHOWN, help="How strongly each layer is pulled by the last step.")


def shown() -> bool:
    """Whether the curves are switched on."""
    return bool(st.session_state.get(SHOWN))


def draw(record: RunCurves) -> None:
    """Draw the run's gradient norms."""
    measured = [each for each in record.evaluations if each.gradients]
    if not measured:
        return
    curve_chart.draw(
        gradient_chart([each.step for each in measured], [each.gradients for each in measured]),
        key="train_gradient_chart",
    )
    st.caption(summary(_last(record)))


def _last(record: RunCurves) -> Mapping[str, float]:
    return next((each.gradients for each in reversed(record.evaluations) if each.gradients), {})
