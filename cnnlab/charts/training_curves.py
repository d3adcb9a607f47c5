"""Training curves that grow while a run goes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from cnnlab.charts.palette import BLUE, GREY, ORANGE

POINTS = 300  # drawn in a line; more cannot be told apart on a projector and cost the training time
SMOOTHING_STEPS = 50
TRAIN, VALIDATION, EARLIER = ORANGE, BLUE, GREY
HEIGHT = 330


@dataclass(frozen=True)
class Curve:
    """Points of one line: x ascending, y of the same length."""

    name: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Line:
    """A curve as it is drawn: width in pixels, opacity 0..1; only a `named` line stands in the legend."""

    curve: Curve
    color: str
    width: float
    opacity: float = 1.0
    named: bool = True


@dataclass(frozen=True)
class CurveChart:
    """Lines over steps, later ones above earlier ones. low and high bound the axis, None where the data does.

    percent: values are shares, 0..1, and are written as percentages.
    """

    title: str
    lines: Sequence[Line] = field(default_factory=tuple)
    logarithmic: bool = False
    percent: bool = False
    low: float | None = None
    high: float | None = None
    height: int = HEIGHT

    def payload(self) -> dict[str, Any]:
        """JSON-ready, for the browser: coordinates as base64 of little-endian float64."""
        return {
            "title": self.title,
            "logarithmic": self.logarithmic,
            "percent": self.percent,
            "low": self.low,
            "high": self.high,
            "height": self.height,
            "lines": [
                {
                    "name": line.curve.name,
                    "x": _packed(line.curve.x),
                    "y": _packed(line.curve.y),
                    "color": line.color,
                    "width": line.width,
                    "opacity": line.opacity,
                    "named": line.named,
                }
                for line in self.lines
            ],
        }


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()


def loss_chart(losses: Curve, earlier: Sequence[Curve] = (), logarithmic: bool = True) -> CurveChart:
    """Loss of every step in nats, thin, under its moving average, thick; earlier runs' averages grey behind."""
    each_step = Curve("each step", *thin(losses.x, losses.y))
    average = replace(smoothed(losses), name="smoothed")
    behind = [smoothed(each) for each in earlier]
    lines = [*_behind(behind), Line(each_step, TRAIN, 1, 0.45), Line(average, TRAIN, 3.5)]
    return CurveChart("loss", lines, logarithmic=logarithmic, low=None if logarithmic else 0.0)


def accuracy_chart(train: Curve, validation: Curve, earlier: Sequence[Curve] = (), lowest: float = 0.0) -> CurveChart:
    """Accuracies, 0..1, over steps; earlier validation curves grey behind. The axis shows lowest..1."""
    lines = [
        *_behind([Curve(each.name, *thin(each.x, each.y)) for each in earlier]),
        Line(Curve("training", *thin(train.x, train.y)), TRAIN, 2.5),
        Line(Curve("validation", *thin(validation.x, validation.y)), VALIDATION, 4),
    ]
    return CurveChart("accuracy", lines, percent=True, low=lowest, high=1.0)


def error_chart(train: Curve, validation: Curve, earlier: Sequence[Curve] = (), lowest: float = 0.0) -> CurveChart:
    """The same accuracies as error rates, 1 - accuracy; the axis shows 0..1 - lowest."""
    curves = [replace(curve, y=1 - np.asarray(curve.y)) for curve in (train, validation, *earlier)]
    chart = accuracy_chart(curves[0], curves[1], curves[2:])
    return replace(chart, title="error rate", low=0.0, high=1 - lowest)


def _behind(curves: Sequence[Curve]) -> list[Line]:
    return [Line(each, EARLIER, 2, 0.7, named=False) for each in curves]


def smoothed(curve: Curve) -> Curve:
    """The curve's moving average, thinned to what is drawn."""
    return Curve(curve.name, *thin(curve.x, smooth(curve.y)))


def smooth(values: np.ndarray, span: int = SMOOTHING_STEPS) -> np.ndarray:
    """Exponential moving average with the given span, without the bias towards the first value (pandas' ewm)."""
    return pd.Series(values).ewm(span=span).mean().to_numpy()


def thin(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` of the points, evenly spaced, always with the last."""
    if len(x) <= points:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, points).round().astype(int))
    return x[chosen], y[chosen]
