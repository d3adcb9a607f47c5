"""Draws a cnnlab.charts.training_curves.CurveChart that grows in place, with uPlot.

A component of our own because a watching page must not slow the training: two Vega charts, redrawn twice a second,
kept a fifth of a core busy, uPlot a tenth of that.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cnnlab.charts.training_curves import CurveChart

_FOLDER = Path(__file__).parent


@st.cache_resource
def _component():
    library = (_FOLDER / "uplot" / "uPlot.iife.min.js").read_text()
    return st.components.v2.component(
        "cnnlab_curve_chart",
        html='<div class="chart"><div class="legend"></div><div class="plot"></div></div>',
        css=(_FOLDER / "curve_chart.css").read_text(),
        js=f"{library}\n{(_FOLDER / 'curve_chart.js').read_text()}",
    )


def draw(chart: CurveChart, key: str) -> None:
    """Draw `chart`, or update the one that `key` drew before."""
    _component()(data=chart.payload(), key=key)
