"""Images as points on a map."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import CLASSES, INK, PAPER

POINT = "point"  # the selection; its events carry "place", the image's place in the predictions
HEIGHT = 620
MANY = 0.1  # fraction of wrong answers from which on dark rings would cover the map
LETTER, LINE = 0.066, 0.12  # a letter's width and a name's height on a map from -1 to 1


@dataclass(frozen=True)
class AnsweredPoints:
    """Images as points: places float [N, 2] or [N, 3]; labels and predicted int [N], indices of `classes`."""

    places: np.ndarray
    labels: np.ndarray
    predicted: np.ndarray
    classes: Sequence[str]


def points_chart(
    points: AnsweredPoints, centres: Sequence[tuple[int, float, float]], chosen: int | None, dark: bool
) -> alt.LayerChart:
    """points: on a map from -1 to 1 both ways; centres: (class, x, y) where a class is named.

    Wrong answers are ringed, or hollow where many are wrong; `chosen`, a place, has a big ring.
    """
    labels, predicted, classes = points.labels, points.predicted, points.classes
    table = pd.DataFrame(
        {
            "x": points.places[:, 0].round(4),
            "y": points.places[:, 1].round(4),
            "class": labels,
            "place": np.arange(len(labels)),
            "answer": predicted,
            "chosen": np.arange(len(labels)) == (-1 if chosen is None else chosen),
        }
    )
    names = pd.DataFrame(apart([(classes[k], x, y) for k, x, y in centres]), columns=["name", "x", "y"])
    colors = [CLASSES[k % len(CLASSES)] for k in range(len(classes))]
    x, y = (
        alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-1.04, 1.04])),
        alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[-1.04, 1.04])),
    )
    spoken = json.dumps(list(classes))
    base = alt.Chart(table).transform_calculate(says=f"{spoken}[datum.class] + ' read as ' + {spoken}[datum.answer]")
    picked = alt.selection_point(name=POINT, fields=["place"], empty=False)
    color = alt.Color("class:O", scale=alt.Scale(domain=list(range(len(classes))), range=colors), legend=None)
    says = alt.Tooltip("says:N", title=" ")
    wrong, many = "datum.class != datum.answer", many_wrong(labels, predicted)
    dots = (
        base.mark_circle(size=26, opacity=0.75, cursor="pointer")
        .encode(x, y, color, says, **({"size": alt.condition(wrong, alt.value(0), alt.value(26))} if many else {}))
        .add_params(picked)
    )
    ringed = base.transform_filter(wrong)
    if many:
        rings = ringed.mark_point(size=26, filled=False, strokeWidth=1.2, cursor="pointer").encode(x, y, color, says)
    else:
        rings = ringed.mark_point(size=120, filled=False, stroke=INK[dark], strokeWidth=2, cursor="pointer")
        rings = rings.encode(x, y, says)
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


def many_wrong(labels: np.ndarray, predicted: np.ndarray) -> bool:
    """Whether so many answers are wrong that rings would cover the map."""
    return bool(len(labels)) and float((labels != predicted).mean()) > MANY


def apart(names: Sequence[tuple[str, float, float]]) -> list[tuple[str, float, float]]:
    """(name, x, y) moved up and down until no two names, centred there, cover each other."""
    placed = sorted(names, key=lambda each: each[2])
    for _ in range(100):
        for at in range(len(placed)):
            for above in range(at + 1, len(placed)):
                low, high = placed[at], placed[above]
                beside = abs(low[1] - high[1]) < LETTER * (len(low[0]) + len(high[0])) / 2
                lacking = LINE - (high[2] - low[2])
                if beside and lacking > 0:
                    placed[at] = (low[0], low[1], low[2] - lacking / 2)
                    placed[above] = (high[0], high[1], high[2] + lacking / 2)
        placed.sort(key=lambda each: each[2])
    return placed
