"""Charts of confidence: how sure the answers are, how often they are right, and what leaving some out brings."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import FAINT, INK, NOW, RIGHT, WRONG

HEIGHT = 400
_PERCENT = alt.Axis(format="%", tickCount=5)


def histogram_chart(low: np.ndarray, high: np.ndarray, right: np.ndarray, wrong: np.ndarray) -> alt.VConcatChart:
    """Right and wrong answers by confidence, 0..1, bins [B]; each panel has its own scale, for mistakes are few."""
    return alt.vconcat(
        _bars(low, high, right, "right answers", RIGHT, axis=False),
        _bars(low, high, wrong, "wrong answers", WRONG, axis=True),
        spacing=12,
    ).configure_axis(labelFontSize=16, titleFontSize=16)


def _bars(low: np.ndarray, high: np.ndarray, count: np.ndarray, title: str, color: str, axis: bool) -> alt.Chart:
    table = pd.DataFrame({"low": low, "high": high, "count": count, "zero": 0})
    x_axis = _PERCENT if axis else alt.Axis(labels=False, ticks=False, tickCount=5)
    return (
        alt.Chart(table)
        .mark_rect(color=color, stroke=None)
        .encode(
            alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), axis=x_axis, title="how sure" if axis else None),
            x2="high:Q",
            y=alt.Y("count:Q", title=title, axis=alt.Axis(tickCount=4, format="~s", tickMinStep=1)),
            y2="zero:Q",
            tooltip=[
                alt.Tooltip("low:Q", format=".0%", title="from"),
                alt.Tooltip("high:Q", format=".0%", title="to"),
                alt.Tooltip("count:Q", title=title),
            ],
        )
        .properties(height=HEIGHT / 2 - 25)
    )


def reliability_chart(
    low: np.ndarray, high: np.ndarray, confidence: np.ndarray, accuracy: np.ndarray, count: np.ndarray, dark: bool
) -> alt.LayerChart:
    """Accuracy against confidence, arrays [B] of bins, 0..1: on the diagonal the network is as good as it says.

    A bar's vermilion piece is the gap between what it said and what it got; bars with few answers are paler.
    """
    table = pd.DataFrame({"low": low, "high": high, "sure": confidence, "right": accuracy, "count": count, "zero": 0})
    table["inner"], table["outer"] = np.minimum(confidence, accuracy), np.maximum(confidence, accuracy)
    table["trust"] = np.clip(np.log10(count) / 2.5, 0.3, 1)
    x = alt.X("low:Q", scale=alt.Scale(domain=[0, 1]), axis=_PERCENT, title="how sure")
    scale, axis = alt.Scale(domain=[0, 1]), _PERCENT
    opacity = alt.Opacity("trust:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None)
    tooltip = [
        alt.Tooltip("count:Q", title="answers", format=","),
        alt.Tooltip("sure:Q", title="how sure", format=".1%"),
        alt.Tooltip("right:Q", title="right", format=".1%"),
    ]
    base = alt.Chart(table).mark_rect().encode(x, x2="high:Q", opacity=opacity, tooltip=tooltip)
    bars = base.encode(
        alt.Y("inner:Q", scale=scale, axis=axis, title="how often right"), y2="zero:Q", color=alt.value(NOW)
    )
    gaps = base.encode(alt.Y("inner:Q", scale=scale), y2="outer:Q", color=alt.value(WRONG))
    y = alt.Y("right:Q", scale=scale, axis=axis)
    line = pd.DataFrame({"low": [0.0, 1.0], "right": [0.0, 1.0]})
    diagonal = alt.Chart(line).mark_line(color=INK[dark], strokeDash=[7, 5], strokeWidth=2).encode(x, y)
    return alt.layer(bars, gaps, diagonal).properties(height=HEIGHT).configure_axis(labelFontSize=16, titleFontSize=16)


def coverage_chart(
    answered: np.ndarray, accuracy: np.ndarray, at: tuple[float, float] | None, dark: bool
) -> alt.LayerChart:
    """Accuracy on the images answered, 0..1, against the fraction answered; `at` marks where the slider stands."""
    lowest = float(min(accuracy.min(), 1 - 1e-3))
    chosen = np.unique(np.linspace(0, len(answered) - 1, 500).round().astype(int))
    table = pd.DataFrame({"answered": answered[chosen], "right": accuracy[chosen]})
    best = float(answered[np.flatnonzero(accuracy == accuracy.max())[-1]])  # the flat part before it shows nothing
    first = min(0.9, max(0.0, np.floor(10 * best - 1) / 10))
    x = alt.X("answered:Q", scale=alt.Scale(domain=[first, 1], clamp=True), axis=_PERCENT, title="images answered")
    y = alt.Y(
        "right:Q", scale=alt.Scale(domain=[lowest, 1]), axis=alt.Axis(format=".1%", tickCount=5), title="of them right"
    )
    tooltip = [
        alt.Tooltip("answered:Q", format=".1%", title="images answered"),
        alt.Tooltip("right:Q", format=".2%", title="of them right"),
    ]
    line = alt.Chart(table).mark_line(color=NOW, strokeWidth=4, interpolate="step-before").encode(x, y, tooltip=tooltip)
    point = pd.DataFrame({"answered": [at[0]] if at else [], "right": [at[1]] if at else []}, dtype=float)
    mark = alt.Chart(point).mark_point(filled=True, size=260, color=WRONG, stroke=INK[dark], strokeWidth=2, opacity=1)
    rule = alt.Chart(point).mark_rule(color=FAINT[dark], strokeWidth=2).encode(x)
    return (
        alt.layer(rule, line, mark.encode(x, y))
        .properties(height=HEIGHT)
        .configure_axis(labelFontSize=16, titleFontSize=16)
    )
