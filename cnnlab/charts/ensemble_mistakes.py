"""The mistakes of several networks, and those they make together."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from cnnlab.charts.palette import GREY, INK, ORANGE

ALONE, TOGETHER = GREY, ORANGE
ROW = 46


def mistakes_chart(names: Sequence[str], mistakes: Sequence[int], together: Sequence[bool]) -> alt.LayerChart:
    """The number of mistakes of each network as a bar, in the given order; ensembles in orange."""
    rows = pd.DataFrame({"name": names, "mistakes": mistakes, "together": together})
    base = alt.Chart(rows).encode(
        x=alt.X("mistakes:Q", title="mistakes", axis=alt.Axis(tickCount=5, tickMinStep=1)),
        y=alt.Y("name:N", title=None, sort=list(names), axis=alt.Axis(labelLimit=260)),
    )
    bars = base.mark_bar(size=28).encode(
        color=alt.condition("datum.together", alt.value(TOGETHER), alt.value(ALONE)),
        tooltip=["name:N", alt.Tooltip("mistakes:Q", format=",")],
    )
    numbers = base.mark_text(align="right", dx=-8, fontSize=19, fontWeight="bold", color=INK[False]).encode(
        text=alt.Text("mistakes:Q", format=",")
    )
    return (bars + numbers).properties(height=ROW * len(rows) + 40).configure_axis(labelFontSize=18, titleFontSize=17)
