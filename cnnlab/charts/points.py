"""Images as points on a map."""

from __future__ import annotations

import json
from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import CLASSES, INK, PAPER

POINT = "point"  # the selection; its events carry "place", the image's place in the predictions
HEIGHT = 620


def points_chart(
    points: np.ndarray,
    labels: np.ndarray,
    predicted: np.ndarray,
    centres: Sequence[tuple[int, float, float]],
    classes: Sequence[str],
    chosen: int | None,
    dark: bool,
) -> alt.LayerChart:
    """points float [N, 2] in -1..1; labels and predicted int [N]; centres: (class, x, y) where a class is named.

    Wrong answers are ringed; `chosen`, a place, has a big ring.
    """
    table = pd.DataFrame(
        {
            "x": points[:, 0].round(4),
            "y": points[:, 1].round(4),
            "class": labels,
            "place": np.arange(len(labels)),
            "answer": predicted,
            "chosen": np.arange(len(labels)) == (-1 if chosen is None else chosen),
        }
    )
    names = pd.DataFrame([{"x": x, "y": y, "name": classes[k]} for k, x, y in centres])
    colors = [CLASSES[k % len(CLASSES)] for k in range(len(classes))]
    x, y = (
        alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1.04, 1.04])),
        alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.04, 1.04])),
    )
    spoken = json.dumps(list(classes))
    base = alt.Chart(table).transform_calculate(says=f"{spoken}[datum.class] + ' read as ' + {spoken}[datum.answer]")
    picked = alt.selection_point(name=POINT, fields=["place"], empty=False)
    dots = (
        base.mark_circle(size=26, opacity=0.75, cursor="pointer")
        .encode(
            x,
            y,
            color=alt.Color("class:O", scale=alt.Scale(domain=list(range(len(classes))), range=colors), legend=None),
            tooltip=alt.Tooltip("says:N", title=" "),
        )
        .add_params(picked)
    )
    rings = (
        base.transform_filter("datum.class != datum.answer")
        .mark_point(size=120, filled=False, stroke=INK[dark], strokeWidth=2, cursor="pointer")
        .encode(x, y, tooltip=alt.Tooltip("says:N", title=" "))
    )
    big = base.transform_filter("datum.chosen").mark_point(size=700, stroke=INK[dark], strokeWidth=5, filled=False)
    label = alt.Chart(names).encode(x, y, text="name:N")
    return (
        alt.layer(
            dots,
            rings,
            big.encode(x, y),
            label.mark_text(fontSize=36, fontWeight="bold", stroke=PAPER[dark], strokeWidth=7, strokeJoin="round"),
            label.mark_text(fontSize=36, fontWeight="bold", color=INK[dark]),
        )
        .properties(height=HEIGHT)
        .configure_view(strokeWidth=0)
        .properties(usermeta={"embedOptions": {"renderer": "canvas"}})
    )
