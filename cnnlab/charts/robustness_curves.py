"""Curves of how many images are still classified correctly, the more they are moved or disturbed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import INK, ON_DARK, SERIES, WRONG_TO_RIGHT

NUMBER = ".6~g"  # without the 6 an axis of degrees says "−6e+1"
STRONG = 0.95  # fraction from which on the colour of right is too dark for black numbers


@dataclass(frozen=True)
class RobustnessLine:
    """One curve: fractions 0..1 over x.

    colour: an index into SERIES; a dashed curve goes with the solid one of its colour.
    """

    name: str
    values: np.ndarray
    colour: int = 0
    dashed: bool = False


def curves(
    lines: Sequence[RobustnessLine], x: Sequence[float], title: str, measure: str = "read right", height: int = 340
) -> alt.LayerChart:
    """The lines over x, their names and colours in a legend above, at least one in view with its points."""
    rows = [
        {"line": line.name, "x": at, "share": float(value)}
        for line in lines
        for at, value in zip(x, line.values, strict=True)
    ]
    names = [line.name for line in lines]
    ticks = list(x) if len(x) <= 15 else alt.Undefined
    colour = alt.Color(
        "line:N",
        scale=alt.Scale(domain=names, range=[SERIES[line.colour % len(SERIES)] for line in lines]),
        legend=alt.Legend(orient="top", title=None, labelLimit=420),
    )
    dash = alt.StrokeDash(
        "line:N",
        scale=alt.Scale(domain=names, range=[[7, 5] if line.dashed else [1, 0] for line in lines]),
        legend=None,
    )
    base = alt.Chart(pd.DataFrame(rows)).encode(
        alt.X("x:Q", title=title, axis=alt.Axis(values=ticks, format=NUMBER, grid=False)),
        alt.Y("share:Q", title=measure, scale=alt.Scale(domain=[0, 1]), axis=alt.Axis(format="%", tickCount=5)),
        colour,
        tooltip=[
            alt.Tooltip("line:N", title=" "),
            alt.Tooltip("x:Q", title=title),
            alt.Tooltip("share:Q", title=measure, format=".1%"),
        ],
    )
    return (
        (base.mark_line(strokeWidth=4).encode(dash) + base.mark_point(size=70, filled=True, opacity=1))
        .properties(height=height)
        .configure_axis(labelFontSize=17, titleFontSize=18)
        .configure_legend(labelFontSize=18, symbolStrokeWidth=5, symbolSize=250)
    )


def classes_by_distance(
    fractions: Sequence[np.ndarray], classes: Sequence[str], title: str, dark: bool, height: int = 360
) -> alt.LayerChart:
    """One row for each class, one column for each distance: the fraction classified correctly, 0..1, in per cent."""
    rows = [
        {"class": name, "distance": distance, "share": float(value)}
        for name, values in zip(classes, fractions, strict=True)
        for distance, value in enumerate(values)
        if np.isfinite(value)
    ]
    base = alt.Chart(pd.DataFrame(rows)).encode(
        alt.X("distance:O", title=title, axis=alt.Axis(labelAngle=0, ticks=False, domain=False)),
        alt.Y("class:N", sort=list(classes), title=None, axis=alt.Axis(ticks=False, domain=False, labelOverlap=False)),
        tooltip=["class:N", "distance:O", alt.Tooltip("share:Q", format=".1%")],
    )
    cells = base.mark_rect().encode(
        color=alt.Color("share:Q", scale=alt.Scale(domain=[0, 1], range=list(WRONG_TO_RIGHT)), legend=None)
    )
    texts = (
        base.transform_calculate(percent="round(datum.share * 100)")
        .mark_text(fontSize=17)
        .encode(
            text="percent:Q", color=alt.condition(f"datum.share > {STRONG}", alt.value(ON_DARK), alt.value(INK[False]))
        )
    )
    return (
        (cells + texts)
        .properties(height=height)
        .configure_axis(labelFontSize=17, titleFontSize=18)
        .configure_view(strokeWidth=0)
    )
