"""The curves of several runs in one chart, each in a colour of its own."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import CLASSES
from cnnlab.charts.training_curves import SMOOTHING_STEPS, Curve, smoothed

HEIGHT = 360
MOST = len(CLASSES)  # runs that have a colour


def losses(curves: Sequence[Curve]) -> alt.Chart:
    """Medians of training losses over the last steps, on a logarithmic axis."""
    medians = [smoothed(each) for each in curves]
    return _chart(
        medians, f"training loss, median of {SMOOTHING_STEPS} steps", alt.Scale(type="log", nice=False), ".6~g"
    )


def accuracies(curves: Sequence[Curve]) -> alt.Chart:
    """Validation accuracies, 0..1, over steps; the axis begins a little below where the runs end, or at 0."""
    ends = [each.y[-1] for each in curves if len(each.y)]
    lowest = max(0.0, np.floor(20 * (2 * min(ends, default=0) - 1)) / 20) if ends else 0.0
    return _chart(curves, "validation accuracy", alt.Scale(domain=[min(lowest, 0.95), 1.0]), "%")


def _chart(curves: Sequence[Curve], title: str, scale: alt.Scale, number: str) -> alt.Chart:
    rows = pd.concat([pd.DataFrame({"step": each.x, "value": each.y, "run": each.name}) for each in curves])
    names = [each.name for each in curves]
    return (
        alt.Chart(rows)
        .mark_line(strokeWidth=3.5, clip=True, point=bool(len(rows) <= 3 * len(curves)))
        .encode(
            alt.X("step:Q", axis=alt.Axis(format=",d", tickCount=6)),
            alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format=number, tickCount=6)),
            color=alt.Color(
                "run:N",
                scale=alt.Scale(domain=names, range=list(CLASSES[: len(names)])),
                legend=alt.Legend(orient="top", title=None, columns=3, labelLimit=260),
            ),
            tooltip=["run:N", "step:Q", alt.Tooltip("value:Q", format=".4f")],
        )
        .properties(height=HEIGHT)
        .configure_axis(labelFontSize=16, titleFontSize=17)
        .configure_legend(labelFontSize=17, symbolStrokeWidth=4)
    )
