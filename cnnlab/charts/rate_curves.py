"""Learning rates as pictures: a schedule before the start, and a range test."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import BLUE, GREY, ORANGE

LINE, RAW, SUGGESTED = BLUE, GREY, ORANGE
HEIGHT = 230
_Chart = TypeVar("_Chart", alt.Chart, alt.LayerChart)


def schedule_chart(epochs: Sequence[float], rates: Sequence[float], stepped: bool) -> alt.Chart:
    """The learning rate over a run; `stepped` where it jumps instead of gliding."""
    return _large(
        alt.Chart(pd.DataFrame({"epoch": epochs, "rate": rates}))
        .mark_line(color=LINE, strokeWidth=4, interpolate="step-after" if stepped else "linear")
        .encode(
            x=alt.X("epoch:Q", title="epoch", scale=alt.Scale(nice=False), axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("rate:Q", title="learning rate", axis=alt.Axis(format=".6~g", tickCount=5)),
            tooltip=[alt.Tooltip("epoch:Q", format=".1f"), alt.Tooltip("rate:Q", format=".3g")],
        )
        .properties(height=HEIGHT)
    )


def range_chart(rates: np.ndarray, losses: np.ndarray, smoothed: np.ndarray, suggested: float) -> alt.LayerChart:
    """Loss over the rates tried, each step thin and the moving average thick, with the suggested rate marked."""
    top = float(smoothed[0]) * 1.3  # what the loss climbs to when it runs away would flatten all before it
    points = pd.DataFrame({"rate": rates, "loss": np.minimum(losses, top), "smoothed": np.minimum(smoothed, top)})
    x = alt.X(
        "rate:Q",
        title="learning rate",
        scale=alt.Scale(type="log"),
        axis=alt.Axis(format=".6~g", tickCount=8, grid=False),
    )
    lines = [
        alt.Chart(points)
        .mark_line(color=color, strokeWidth=width, opacity=opacity)
        .encode(x, alt.Y(f"{field}:Q", title="loss", scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=5)))
        for field, color, width, opacity in (("loss", RAW, 1.5, 0.8), ("smoothed", LINE, 4, 1))
    ]
    mark = alt.Chart(pd.DataFrame({"rate": [suggested], "text": [f"{suggested:g}"]})).encode(x=x)
    rule = mark.mark_rule(color=SUGGESTED, strokeWidth=4)
    text = mark.mark_text(color=SUGGESTED, fontSize=22, fontWeight="bold", align="right", dx=-8, baseline="top").encode(
        text="text:N", y=alt.value(4)
    )
    return _large(alt.layer(*lines, rule, text).properties(height=HEIGHT))


def _large(chart: _Chart) -> _Chart:
    return chart.configure_axis(labelFontSize=16, titleFontSize=17)
