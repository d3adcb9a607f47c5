"""Where the images of a data set go: the parts of every split, and how many of each class are in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import BLUE, GREEN, INK, ON_DARK, ORANGE

BOTH = "validation and test"  # the same images
COLOURS = {"train": BLUE, "validation": ORANGE, "test": GREEN, BOTH: GREEN}
CHARACTERS = 100  # that fit on the whole bar


def bars(splits: Mapping[str, Sequence[tuple[str, int]]], chosen: str, border: int, dark: bool) -> alt.LayerChart:
    """One bar for each split: its parts in the order of the images, (name, number of images) each.

    The other splits than `chosen` are pale; `border`: images before the test file begins.
    """
    rows = []
    for split, parts in splits.items():
        start, total = 0, sum(count for _, count in parts)
        for name, count in parts:
            rows.append(
                {
                    "split": split,
                    "part": name,
                    "count": count,
                    "start": start,
                    "stop": start + count,
                    "middle": start + count / 2,
                    "text": f"{name}  {count:,}" if len(name) + 9 < CHARACTERS * count / total else f"{count:,}",
                    "pale": 1.0 if split == chosen else 0.4,
                    "ink": ON_DARK if split == chosen else INK[dark],
                }
            )
            start += count
    table = pd.DataFrame(rows)
    y = alt.Y("split:N", sort=list(splits), title=None, axis=alt.Axis(labelFontSize=17, labelLimit=200, ticks=False))
    x_scale = alt.Scale(domain=[0, int(table.stop.max())], nice=False)
    x_axis = alt.Axis(format=",d", tickCount=7, title="images, in the files' order")
    x = alt.X("start:Q", scale=x_scale, axis=x_axis)
    colour = alt.Color("part:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None)
    opacity = alt.Opacity("pale:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)
    tooltip = ["part:N", alt.Tooltip("count:Q", format=",", title="images")]
    base = alt.Chart(table)
    drawn = base.mark_bar(height={"band": 0.78}).encode(x, y, colour, opacity, x2="stop:Q", tooltip=tooltip)
    text = base.mark_text(fontSize=17, fontWeight="bold").encode(
        alt.X("middle:Q", scale=x_scale, axis=x_axis), y, alt.Color("ink:N", scale=None), text="text:N"
    )
    edge = alt.Chart(pd.DataFrame({"border": [border]})).mark_rule(color=INK[dark], strokeDash=[6, 4], strokeWidth=2)
    return (
        alt.layer(drawn, text, edge.encode(alt.X("border:Q", scale=x_scale, axis=x_axis)))
        .resolve_scale(color="independent")
        .properties(height=64 * len(splits))
        .configure_axis(labelFontSize=16, titleFontSize=16)
    )


def class_bars(counts: np.ndarray, classes: Sequence[str], part: str, dark: bool) -> alt.LayerChart:
    """How many images of each class, int64 [K], a part has."""
    table = pd.DataFrame({"class": list(classes), "count": counts})
    x = alt.X("count:Q", axis=None, scale=alt.Scale(domain=[0, 1.25 * max(1, int(counts.max()))]))
    axis = alt.Axis(labelFontSize=17, labelLimit=130, ticks=False, domain=False)
    y = alt.Y("class:N", sort=list(classes), title=None, axis=axis)
    base = alt.Chart(table).encode(x, y, tooltip=["class:N", alt.Tooltip("count:Q", format=",")])
    drawn = base.mark_bar(color=COLOURS[part], height={"band": 0.76})
    text = base.mark_text(align="left", dx=5, fontSize=16, color=INK[dark]).encode(text=alt.Text("count:Q", format=","))
    return alt.layer(drawn, text).properties(height=max(110, 27 * len(classes))).configure_view(stroke=None)
