"""Runs as lines through parallel axes: one axis for each setting, the last one for what came of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import INK, PAPER, POOR_TO_GOOD, QUIET

HEIGHT = 400
MOST_NAMED = 8  # different values of a setting that are named one by one, at even distances
WIDE = 50  # a range whose ends are further apart than by this factor is logarithmic
TICKS = 5
ACCURACY = "validation accuracy"


@dataclass(frozen=True)
class RunLine:
    """One run. values: of the settings, numbers or texts; accuracy: 0..1; whole: it went to its end, else dashed."""

    name: str
    values: tuple[Any, ...]
    accuracy: float
    whole: bool = True
    best: bool = False


@dataclass(frozen=True)
class Scale:
    """Where values stand on an axis, 0 (bottom) to 1: a place for each of them, and places that are named."""

    places: list[float]
    ticks: list[tuple[float, str]]


def scale_of(values: Sequence[Any]) -> Scale:
    """Few different values at even distances in their order, many numbers where they lie, wide ranges by logarithm."""
    numbers = [each for each in values if isinstance(each, (int, float)) and not isinstance(each, bool)]
    if len(numbers) == len(values) and len(set(numbers)) > MOST_NAMED:
        return _measured(numbers)
    texts = list(map(_text, values))
    if len(numbers) == len(values):
        different = [_text(each) for each in sorted(set(numbers))]
    else:
        different = sorted(set(texts))
    at = dict(zip(different, np.linspace(0, 1, len(different)) if len(different) > 1 else [0.5], strict=True))
    return Scale([float(at[each]) for each in texts], [(float(place), each) for each, place in at.items()])


def _measured(numbers: Sequence[float]) -> Scale:
    low, high = min(numbers), max(numbers)
    bent = np.log if low > 0 and high / low >= WIDE else np.asarray
    marks = (np.geomspace if bent is np.log else np.linspace)(low, high, TICKS)
    places, ticks = (np.interp(bent(each), bent([low, high]), [0, 1]) for each in (numbers, marks))
    return Scale(places.tolist(), [(float(place), _rounded(mark)) for place, mark in zip(ticks, marks, strict=True)])


def _rounded(number: float) -> str:
    return f"{number:.0f}" if number >= 100 else f"{number:.2g}"


def accuracy_scale(accuracies: Sequence[float]) -> Scale:
    """From the lowest to the highest of them, 0..1, in per cent."""
    low, high = min(accuracies), max(accuracies)
    if low == high:
        return Scale([0.5] * len(accuracies), [(0.5, f"{low:.2%}")])
    digits = 2 if high - low < 0.04 else 1
    ticks = [(at, f"{low + at * (high - low):.{digits}%}") for at in np.linspace(0, 1, TICKS)]
    return Scale([(each - low) / (high - low) for each in accuracies], ticks)


def parallel_axes(settings: Sequence[str], lines: Sequence[RunLine], dark: bool) -> alt.LayerChart:
    """The lines, at least one, through the axes of the settings and of the accuracy, in its colours; the best thick."""
    lines = sorted(lines, key=lambda line: (line.best, line.accuracy))  # the best on top
    scales = [scale_of([line.values[at] for line in lines]) for at in range(len(settings))]
    scales.append(accuracy_scale([line.accuracy for line in lines]))
    axes = [*settings, ACCURACY]
    points = pd.DataFrame(
        [
            {
                "run": line.name,
                "axis": axis,
                "place": scale.places[number],
                "value": f"{line.accuracy:.2%}" if axis == ACCURACY else _text(line.values[at]),
                "accuracy": line.accuracy,
                "whole": line.whole,
                "best": line.best,
            }
            for number, line in enumerate(lines)
            for at, (axis, scale) in enumerate(zip(axes, scales, strict=True))
        ]
    )
    ticks = pd.DataFrame(
        [
            {"axis": axis, "place": place, "text": text}
            for axis, scale in zip(axes, scales, strict=True)
            for place, text in scale.ticks
        ]
    )
    low, high = min(line.accuracy for line in lines), max(line.accuracy for line in lines)
    colours = alt.Scale(
        domain=[low, (low + high) / 2, high] if low < high else [low], range=_colours(low < high), interpolate="rgb"
    )
    x = alt.X("axis:O", sort=axes, title=None, axis=_HEADS, scale=alt.Scale(padding=0.35))
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[-0.04, 1.04]))
    rules = alt.Chart(pd.DataFrame({"axis": axes, "place": 0.0, "end": 1.0})).mark_rule(color=QUIET, strokeWidth=2)
    drawn = alt.Chart(points).mark_line(opacity=0.9, strokeJoin="round").encode(
        x,
        y,
        alt.Color("accuracy:Q", scale=colours, legend=None),
        alt.Detail("run:N"),
        strokeDash=alt.condition("datum.whole", alt.value([1, 0]), alt.value([7, 5])),
        strokeWidth=alt.condition("datum.best", alt.value(6), alt.value(3)),
        tooltip=["run:N", "axis:N", "value:N", alt.Tooltip("accuracy:Q", title=ACCURACY, format=".2%")],
    )  # fmt: skip
    named = alt.Chart(ticks).encode(x, y, alt.Text("text:N"))
    words = {"align": "left", "dx": 9, "fontSize": 16}
    return (
        (
            rules.encode(x, y, alt.Y2("end:Q"))
            + drawn
            + named.mark_text(stroke=PAPER[dark], strokeWidth=5, strokeJoin="round", **words)
            + named.mark_text(color=INK[dark], **words)
        )
        .properties(height=HEIGHT)
        .configure_view(strokeWidth=0)
    )


_HEADS = alt.Axis(
    orient="top", labelAngle=0, labelFontSize=17, labelFontWeight="bold", labelLimit=240, ticks=False, domain=False,
    grid=False, labelPadding=10,
)  # fmt: skip


def _colours(several: bool) -> list[str]:
    return list(POOR_TO_GOOD) if several else [POOR_TO_GOOD[-1]]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return f"{value:g}" if isinstance(value, float) else str(value)
