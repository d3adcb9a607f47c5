"""Draws a cnnlab.charts.training_curves.CurveChart that grows in place, with uPlot.

A component of our own because a watching page must not slow the training: two Vega charts, redrawn twice a second,
kept a fifth of a core busy, uPlot a tenth of that.
"""

from __future__ import annotations

from pathlib import Path

from cnnlab.charts.training_curves import CurveChart
from cnnlab.ui.components.browser_element import element

_FILES = Path(__file__)
_HTML = '<div class="chart" data-picture><div class="legend"></div><div class="plot"></div></div>'
_UPLOT = _FILES.parent / "uplot" / "uPlot.iife.min.js"


def draw(chart: CurveChart, key: str) -> None:
    """Draw `chart`, or update the one that `key` drew before."""
    element("cnnlab_curve_chart", _FILES, _HTML, _UPLOT)(data=chart.payload(), key=key)
