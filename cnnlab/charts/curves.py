"""Training curves that grow while a run goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import pyarrow as pa

POINTS = 300  # drawn in a line; more cannot be told apart on a projector and cost the training time
SMOOTHING_STEPS = 50
TRAIN, VALIDATION, EARLIER = "#e8833a", "#1f6feb", "#9aa4af"
HEIGHT = 330


@dataclass(frozen=True)
class Curve:
    """Points of one line: x ascending, y of the same length."""

    name: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class LiveChart:
    """A Vega-Lite spec without data, and its data: while a run goes only the data changes.

    Making the spec takes Altair some 50 ms, which a training thread beside it would miss at every tick.
    """

    spec: dict[str, Any]
    data: pa.Table


def loss_chart(losses: Curve, earlier: Sequence[Curve] = (), logarithmic: bool = True) -> LiveChart:
    """Loss of every step in nats, thin, under its moving average, thick; earlier runs' averages grey behind."""
    lines = [
        Curve("each step", *thin(losses.x, losses.y)),
        Curve("smoothed", *thin(losses.x, smooth(losses.y))),
    ]
    behind = [Curve(each.name, *thin(each.x, smooth(each.y))) for each in earlier]
    return LiveChart(_loss_spec(logarithmic), _table(lines, behind))


@cache
def _loss_spec(logarithmic: bool) -> dict[str, Any]:
    scale = alt.Scale(type="log", nice=False) if logarithmic else alt.Scale()
    return _layers("loss", scale, {"each step": (1, 0.45, TRAIN), "smoothed": (3.5, 1, TRAIN)}, "~g")


def accuracy_chart(train: Curve, validation: Curve, earlier: Sequence[Curve] = (), lowest: float = 0.0) -> LiveChart:
    """Accuracies, 0..1, over steps; earlier validation curves grey behind. The axis shows lowest..1."""
    lines = [Curve("training", train.x, train.y), Curve("validation", validation.x, validation.y)]
    return LiveChart(_accuracy_spec(lowest), _table(lines, earlier))


@cache
def _accuracy_spec(lowest: float) -> dict[str, Any]:
    styles = {"training": (2.5, 1, TRAIN), "validation": (4, 1, VALIDATION)}
    return _layers("accuracy", alt.Scale(domain=[lowest, 1.0]), styles, "%")


def smooth(values: np.ndarray, span: int = SMOOTHING_STEPS) -> np.ndarray:
    """Exponential moving average with the given span, without the bias towards the first value (pandas' ewm)."""
    return pd.Series(values).ewm(span=span).mean().to_numpy()


def thin(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` of the points, evenly spaced, always with the last."""
    if len(x) <= points:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, points).round().astype(int))
    return x[chosen], y[chosen]


def _table(curves: Sequence[Curve], earlier: Sequence[Curve]) -> pa.Table:
    """A row a point. An Arrow table, because making one of a pandas frame takes ten times as long."""
    group = [*earlier, *curves]
    kinds = ["earlier"] * len(earlier) + ["now"] * len(curves)
    return pa.table(
        {
            "step": np.concatenate([curve.x for curve in group]),
            "value": np.concatenate([curve.y for curve in group]).astype(np.float64),
            "line": [curve.name for curve in group for _ in curve.x],
            "kind": [kind for curve, kind in zip(group, kinds, strict=True) for _ in curve.x],
        }
    )


def _layers(title: str, scale: alt.Scale, styles: dict, number: str) -> dict[str, Any]:
    names = list(styles)
    x = alt.X("step:Q", title="step", axis=alt.Axis(format="~s", tickCount=6))
    y = alt.Y("value:Q", title=title, scale=scale, axis=alt.Axis(format=number, tickCount=6))
    base = alt.Chart()
    behind = (
        base.transform_filter("datum.kind == 'earlier'")
        .mark_line(color=EARLIER, strokeWidth=2, opacity=0.7, clip=True)
        .encode(x, y, detail="line:N")
    )
    front = (
        base.transform_filter("datum.kind == 'now'")
        .mark_line(clip=True)
        .encode(
            x,
            y,
            color=alt.Color(
                "line:N",
                scale=alt.Scale(domain=names, range=[styles[n][2] for n in names]),
                legend=alt.Legend(orient="top", title=None),
            ),
            strokeWidth=alt.StrokeWidth(
                "line:N", scale=alt.Scale(domain=names, range=[styles[n][0] for n in names]), legend=None
            ),
            opacity=alt.Opacity(
                "line:N", scale=alt.Scale(domain=names, range=[styles[n][1] for n in names]), legend=None
            ),
        )
    )
    chart = (behind + front).properties(height=HEIGHT, usermeta={"embedOptions": {"renderer": "canvas"}})
    chart = chart.configure_axis(labelFontSize=16, titleFontSize=17)
    return chart.configure_legend(labelFontSize=17, symbolStrokeWidth=4).to_dict()
