"""Training curves that grow while a run goes."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from cnnlab.charts.palette import BLUE, GREEN, GREY, OCHRE, ORANGE, PURPLE

POINTS = 300  # drawn in a line; more cannot be told apart on a projector and cost the training time
SMOOTHING_STEPS = 50
TRAIN, VALIDATION = ORANGE, BLUE
EARLIER = (GREEN, PURPLE, GREY, OCHRE)
HEIGHT = 330
DASHED = (10, 6)
SAMPLE, ALL = "validation, a sample", "validation, all"


@dataclass(frozen=True)
class Curve:
    """Points of one line: x ascending, y of the same length."""

    name: str
    x: np.ndarray
    y: np.ndarray


@dataclass(frozen=True)
class Mark:
    """Words at a step: what happened there."""

    step: int
    words: str


@dataclass(frozen=True)
class Validation:
    """A run's validation: of a sample while it trains, of all images at the end of each epoch."""

    sample: Curve
    all: Curve


@dataclass(frozen=True)
class Line:
    """A curve as it is drawn: width in pixels, opacity 0..1, or as dots of that width without a line.

    dash: lengths in pixels, drawn and left out in turn; none is a solid line. Only a `named` line stands in the legend.
    """

    curve: Curve
    color: str
    width: float
    opacity: float = 1.0
    named: bool = True
    dash: tuple[int, ...] = ()
    dots: bool = False


@dataclass(frozen=True)
class CurveChart:
    """Lines over steps, later ones above earlier ones. low and high bound the axis, None where the data does.

    percent: values are fractions, 0..1, and are written as percentages. across: what the lower axis counts. height: in
    pixels; where it may grow, down to the lower edge of the window.
    """

    title: str
    lines: Sequence[Line] = field(default_factory=tuple)
    logarithmic: bool = False
    percent: bool = False
    low: float | None = None
    high: float | None = None
    across: str = "step"
    height: int = HEIGHT
    grows: bool = False
    marks: Sequence[Mark] = field(default_factory=tuple)

    def payload(self) -> dict[str, Any]:
        """JSON-ready, for the browser: coordinates as base64 of little-endian float64."""
        return {
            "title": self.title,
            "logarithmic": self.logarithmic,
            "percent": self.percent,
            "low": self.low,
            "high": self.high,
            "across": self.across,
            "height": self.height,
            "grows": self.grows,
            "marks": [{"step": mark.step, "words": mark.words} for mark in self.marks],
            "lines": [
                {
                    "name": line.curve.name,
                    "x": _packed(line.curve.x),
                    "y": _packed(line.curve.y),
                    "color": line.color,
                    "width": line.width,
                    "opacity": line.opacity,
                    "named": line.named,
                    "dash": list(line.dash),
                    "dots": line.dots,
                }
                for line in self.lines
            ],
        }


def _packed(values: np.ndarray) -> str:
    return base64.b64encode(np.asarray(values, "<f8").tobytes()).decode()


def loss_chart(
    losses: Curve, validation: Validation, earlier: Sequence[Curve] = (), logarithmic: bool = True
) -> CurveChart:
    """Losses in nats: of every step, thin, under the median of the last ones, thick; validation; earlier runs' medians.

    Where the axis is linear it begins at 0.
    """
    each_step = Curve("each step", *thin(losses.x, losses.y))
    median = replace(smoothed(losses), name=f"median of {SMOOTHING_STEPS}")
    lines = [
        *_behind([smoothed(each) for each in earlier]),
        Line(each_step, TRAIN, 1, 0.45),
        Line(median, TRAIN, 3.5),
        *_validation(validation),
    ]
    return CurveChart("loss", lines, logarithmic=logarithmic, low=None if logarithmic else 0.0)


def accuracy_chart(
    train: Curve, validation: Validation, earlier: Sequence[Curve] = (), lowest: float = 0.0
) -> CurveChart:
    """Accuracies, 0..1, over steps; earlier runs' validation behind. The axis shows lowest..1."""
    lines = [
        *_behind([Curve(each.name, *thin(each.x, each.y)) for each in earlier]),
        Line(Curve("training", *thin(train.x, train.y)), TRAIN, 2.5),
        *_validation(validation),
    ]
    return CurveChart("accuracy", lines, percent=True, low=lowest, high=1.0)


def error_chart(train: Curve, validation: Validation, earlier: Sequence[Curve] = (), lowest: float = 0.0) -> CurveChart:
    """The same accuracies as error rates, 1 - accuracy; the axis shows 0..1 - lowest."""
    both = Validation(_error(validation.sample), _error(validation.all))
    chart = accuracy_chart(_error(train), both, [_error(each) for each in earlier])
    return replace(chart, title="error rate", low=0.0, high=1 - lowest)


def _error(curve: Curve) -> Curve:
    return replace(curve, y=1 - np.asarray(curve.y))


def _validation(validation: Validation) -> list[Line]:
    """A line of the sample's values, and a dot for each epoch's; neither where nothing validates."""
    sample, every = validation.sample, validation.all
    lines = []
    if len(sample.x):
        lines.append(Line(Curve(SAMPLE, *thin(sample.x, sample.y)), VALIDATION, 3))
    if len(every.x):
        lines.append(Line(Curve(ALL, *thin(every.x, every.y)), VALIDATION, 11, dots=True))
    return lines


def _behind(curves: Sequence[Curve]) -> list[Line]:
    """Dashed, each in a colour of its own as long as there are enough."""
    return [Line(each, EARLIER[place % len(EARLIER)], 2.5, 0.8, dash=DASHED) for place, each in enumerate(curves)]


def smoothed(curve: Curve, span: int = SMOOTHING_STEPS) -> Curve:
    """At the points drawn, the median of the last `span` steps.

    Unlike a mean it does not remember a loss that ran away for one step, whatever its size.
    """
    x, _ = thin(curve.x, curve.y)
    ends = np.searchsorted(curve.x, x, side="right")
    counts = ends - np.searchsorted(curve.x, np.asarray(x) - span, side="right")
    back = np.arange(counts.max(initial=1))
    # one row for each point: its window in order, what is beyond the window last
    windows = np.asarray(curve.y, float)[np.maximum(ends[:, None] - 1 - back, 0)] if len(curve.x) else np.empty((0, 1))
    windows = np.sort(np.where(back < counts[:, None], windows, np.inf), axis=1)
    rows = np.arange(len(counts))
    return Curve(curve.name, x, (windows[rows, (counts - 1) // 2] + windows[rows, counts // 2]) / 2)


def thin(x: np.ndarray, y: np.ndarray, points: int = POINTS) -> tuple[np.ndarray, np.ndarray]:
    """At most `points` of the points, evenly spaced, always with the last."""
    if len(x) <= points:
        return x, y
    chosen = np.unique(np.linspace(0, len(x) - 1, points).round().astype(int))
    return x[chosen], y[chosen]
