"""Curves of a race: one line a lane, told apart by colour and dash, over the axis they share."""

from __future__ import annotations

import numpy as np

from cnnlab.charts.palette import GREY, LANES
from cnnlab.charts.race_curves import DASHES, LaneCurves, accuracy_race, loss_race, style
from cnnlab.charts.training_curves import Curve, Validation

NOTHING = Curve("", np.empty(0), np.empty(0))


def lane(number, name="a run", validated=True) -> LaneCurves:
    x = np.arange(1, 101)
    sample = Curve(name, np.array([0, 50, 100]), np.array([0.1, 0.5, 0.9])) if validated else NOTHING
    every = Curve(name, np.array([100]), np.array([0.95])) if validated else NOTHING
    return LaneCurves(
        number,
        Curve(name, x, np.linspace(2, 1, 100)),
        every,
        Curve(name, x, np.linspace(0, 1, 100)),
        Validation(sample, every),
    )


def test_every_lane_has_a_colour_and_a_dash_of_its_own():
    looks = [style(number) for number in range(6)]
    assert len({colour for colour, _ in looks}) == len({dash for _, dash in looks}) == 6
    assert style(None) == (GREY, ()) and GREY not in LANES and len(DASHES) == len(LANES)


def test_the_loss_is_the_median_of_the_last_fifty_steps():
    chart = loss_race([lane(0), lane(1)], "step")
    first, dots, second, _ = chart.lines
    losses = np.linspace(2, 1, 100)
    assert first.curve.y[-1] == np.median(losses[50:]) and dots.dots and not first.dots
    assert (first.color, first.dash) == style(0) and (second.color, second.dash) == style(1)
    assert chart.logarithmic and chart.low is None and not loss_race([], "step", logarithmic=False).logarithmic


def test_the_accuracy_is_that_of_the_validation_sample_else_of_training():
    chart = accuracy_race([lane(0), lane(1, validated=False)], "images shown", lowest=0.8)
    assert [line.dots for line in chart.lines] == [False, True, False]
    assert chart.lines[0].curve.y.tolist() == [0.1, 0.5, 0.9] and len(chart.lines[2].curve.x) == 100
    assert (chart.low, chart.high, chart.across) == (0.8, 1.0, "images shown")
    assert chart.payload()["across"] == "images shown"


def test_only_a_run_of_before_stands_in_the_legend_as_cards_name_the_lanes():
    lines = accuracy_race([lane(None, "the healthy one"), lane(0)], "step").lines
    assert [line.curve.name for line in lines if line.named] == ["the healthy one"]
