from __future__ import annotations

import base64
import json
import struct
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from cnnlab.charts.training_curves import (
    ALL,
    DASHED,
    EARLIER,
    POINTS,
    SAMPLE,
    SMOOTHING_STEPS,
    Curve,
    Mark,
    Validation,
    accuracy_chart,
    loss_chart,
    smoothed,
    thin,
)

NOTHING = Curve("now", np.array([]), np.array([]))
UNVALIDATED = Validation(NOTHING, NOTHING)


def test_smoothing_is_the_median_of_the_last_steps_as_pandas_has_it():
    values = np.random.default_rng(0).random(200)
    expected = pd.Series(values).rolling(SMOOTHING_STEPS, min_periods=1).median()
    assert smoothed(Curve("now", np.arange(1, 201), values)).y == pytest.approx(expected.to_numpy())


def test_of_a_run_that_is_recorded_thinly_the_median_still_spans_as_many_steps():
    steps = np.arange(1, 2_000, 25)  # two of them lie within 50 steps
    values = np.random.default_rng(0).random(len(steps))
    assert smoothed(Curve("now", steps, values)).y == pytest.approx(np.r_[values[0], (values[1:] + values[:-1]) / 2])


def test_no_spike_owns_the_line():
    """Of a run with a rate of 100 the mean was 2.8e29 long after the loss had come back to 41."""
    values = np.full(200, 41.0)
    values[20] = 1e31
    assert smoothed(Curve("now", np.arange(1, 201), values)).y.tolist() == [41.0] * 200


def test_thinning_keeps_few_points_and_always_the_ends():
    x = np.arange(1, 50_001)
    short, y = thin(x, x * 2)
    assert len(short) <= POINTS and short[0] == 1 and short[-1] == 50_000
    assert np.array_equal(y, short * 2)
    assert thin(x[:5], x[:5])[0] is not short and np.array_equal(thin(x[:5], x[:5])[0], x[:5])


def test_a_long_run_stays_under_a_thousand_drawn_points():
    losses = Curve("now", np.arange(1, 40_001), np.linspace(2, 0.1, 40_000))
    assert sum(len(line.curve.x) for line in loss_chart(losses, Validation(losses, NOTHING)).lines) <= 1_000


def test_the_browser_is_sent_the_points_bit_for_bit():
    x, y = np.arange(1, 8), np.random.default_rng(0).random(7).astype(np.float32)
    sent = accuracy_chart(Curve("now", x, y), UNVALIDATED).payload()["lines"][0]
    coordinates = [struct.unpack("<7d", base64.b64decode(sent[axis])) for axis in "xy"]
    assert coordinates == [tuple(x.astype(float)), tuple(y.astype(float))]
    assert json.loads(json.dumps(sent)) == sent


def test_charts_of_nothing_draw():
    for chart in (loss_chart(NOTHING, UNVALIDATED), accuracy_chart(NOTHING, UNVALIDATED)):
        assert not any(line["x"] for line in chart.payload()["lines"])


def test_earlier_runs_lie_behind_each_named_in_a_colour_of_its_own():
    now, earlier = (Curve(name, np.arange(3), np.ones(3)) for name in ("now", "before"))
    lines = accuracy_chart(now, Validation(now, now), [earlier, Curve("and before", *thin(now.x, now.y))]).lines
    assert [line.curve.name for line in lines] == ["before", "and before", "training", SAMPLE, ALL]
    assert [line.color for line in lines[:2]] == list(EARLIER[:2]) and all(line.named for line in lines)
    assert [line.dash for line in lines] == [DASHED, DASHED, (), (), ()]


def test_validation_of_a_sample_is_a_line_and_that_of_all_images_dots():
    sample, every = Curve("now", np.array([5, 10]), np.ones(2)), Curve("now", np.array([10]), np.array([0.9]))
    *_, line, dots = loss_chart(sample, Validation(sample, every)).lines
    assert (line.curve.name, line.dots, dots.curve.name, dots.dots) == (SAMPLE, False, ALL, True)
    assert dots.curve.x.tolist() == [10] and dots.curve.y.tolist() == [0.9]


def test_marks_reach_the_browser():
    chart = replace(loss_chart(NOTHING, UNVALIDATED), marks=[Mark(7, "learning rate 0.5")])
    assert chart.payload()["marks"] == [{"step": 7, "words": "learning rate 0.5"}]


def test_the_smoothed_line_of_the_chart_is_the_smoothed_loss():
    values = np.random.default_rng(0).random(100)
    losses = Curve("now", np.arange(100), values)
    raw, median = loss_chart(losses, UNVALIDATED).lines
    assert np.array_equal(raw.curve.y, values) and np.array_equal(median.curve.y, smoothed(losses).y)
    assert median.curve.name == f"median of {SMOOTHING_STEPS}"
