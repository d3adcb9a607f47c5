"""Accuracy of each class before and after something was changed."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from cnnlab.charts.palette import GREY, ORANGE

LEVEL = 3  # letters of a class name that fit below its bars
FIT = 20  # classes whose names all fit
BEFORE, AFTER = GREY, ORANGE


def before_and_after(classes: Sequence[str], before: Sequence[float], after: Sequence[float]) -> alt.LayerChart:
    """Two bars for each class, accuracies 0..1, with the number of the later one above it."""
    words = max(map(len, classes)) > LEVEL
    axis = alt.Axis(labelAngle=-40 if words else 0, labelOverlap=len(classes) > FIT)
    rows = [
        {"class": name, "network": network, "accuracy": value}
        for network, values in (("whole", before), ("without", after))
        for name, value in zip(classes, values, strict=True)
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        x=alt.X("class:N", title=None, sort=list(classes), axis=axis),
        xOffset=alt.XOffset("network:N", sort=["whole", "without"]),
        y=alt.Y("accuracy:Q", title="right answers", scale=alt.Scale(domain=[0, 1.08]), axis=_PERCENT),
        tooltip=["class:N", "network:N", alt.Tooltip("accuracy:Q", format=".1%")],
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "network:N",
            scale=alt.Scale(domain=["whole", "without"], range=[BEFORE, AFTER]),
            legend=alt.Legend(orient="top", title=None),
        )
    )
    labels = (
        base.transform_filter("datum.network == 'without'")
        .transform_calculate(percent="round(datum.accuracy * 100)")
        .mark_text(dy=-9, fontSize=16, color=AFTER, fontWeight="bold")
        .encode(text="percent:Q")
    )
    return (
        (bars + labels)
        .properties(height=300)
        .configure_axis(labelFontSize=17, titleFontSize=17)
        .configure_legend(labelFontSize=17)
    )


_PERCENT = alt.Axis(format="%", values=[0, 0.25, 0.5, 0.75, 1])
