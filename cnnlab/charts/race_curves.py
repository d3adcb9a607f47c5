"""Curves of several runs that learn side by side: a colour and a dash for each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cnnlab.charts.palette import GREY, LANES
from cnnlab.charts.training_curves import Curve, CurveChart, Line, Validation, smoothed, thin

DASHES: tuple[tuple[int, ...], ...] = ((), (12, 5), (3, 4), (16, 4, 3, 4), (7, 7), (20, 5))


@dataclass(frozen=True)
class LaneCurves:
    """One lane's curves, all over the same axis. number: its place in the race; None for a run of before."""

    number: int | None
    losses: Curve
    val_losses: Curve
    train_accuracies: Curve
    val_accuracies: Validation


def style(number: int | None) -> tuple[str, tuple[int, ...]]:
    """(colour, dash) of a lane, of a run of before grey and solid."""
    return (GREY, ()) if number is None else (LANES[number % len(LANES)], DASHES[number % len(DASHES)])


def loss_race(lanes: Sequence[LaneCurves], across: str, logarithmic: bool = True) -> CurveChart:
    """The median training loss of each lane, and a dot for each validation of all images."""
    lines = [line for lane in lanes for line in _lines(lane, smoothed(lane.losses), lane.val_losses)]
    return CurveChart("loss", lines, logarithmic=logarithmic, low=None if logarithmic else 0.0, across=across)


def accuracy_race(lanes: Sequence[LaneCurves], across: str, lowest: float = 0.0) -> CurveChart:
    """The validation accuracy, 0..1, of each lane, training accuracy where nothing validates; the axis: lowest..1."""
    lines = []
    for lane in lanes:
        sample, every = lane.val_accuracies.sample, lane.val_accuracies.all
        shown = sample if len(sample.x) else lane.train_accuracies
        lines += _lines(lane, Curve(shown.name, *thin(shown.x, shown.y)), every)
    return CurveChart("accuracy", lines, percent=True, low=lowest, high=1.0, across=across)


def _lines(lane: LaneCurves, curve: Curve, dots: Curve) -> list[Line]:
    colour, dash = style(lane.number)
    found = [Line(curve, colour, 3, dash=dash, named=lane.number is None)]  # the lanes' cards name the others
    if len(dots.x):
        found.append(Line(dots, colour, 9, named=False, dots=True))
    return found
