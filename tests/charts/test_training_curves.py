from __future__ import annotations

import base64
import json
import struct

import numpy as np
import pytest

from cnnlab.charts.training_curves import EARLIER, POINTS, Curve, accuracy_chart, loss_chart, smooth, thin


def test_smoothing_is_the_weighted_mean_by_hand():
    values = np.random.default_rng(0).random(200)
    decay = 1 - 2 / 51
    expected = [
        sum(decay ** (at - i) * values[i] for i in range(at + 1)) / sum(decay ** (at - i) for i in range(at + 1))
        for at in range(200)
    ]
    assert smooth(values) == pytest.approx(np.array(expected))


def test_thinning_keeps_few_points_and_always_the_ends():
    x = np.arange(1, 50_001)
    short, y = thin(x, x * 2)
    assert len(short) <= POINTS and short[0] == 1 and short[-1] == 50_000
    assert np.array_equal(y, short * 2)
    assert thin(x[:5], x[:5])[0] is not short and np.array_equal(thin(x[:5], x[:5])[0], x[:5])


def test_a_long_run_stays_under_a_thousand_drawn_points():
    losses = Curve("now", np.arange(1, 40_001), np.linspace(2, 0.1, 40_000))
    assert sum(len(line.curve.x) for line in loss_chart(losses).lines) <= 1_000


def test_the_browser_is_sent_the_points_bit_for_bit():
    x, y = np.arange(1, 8), np.random.default_rng(0).random(7).astype(np.float32)
    sent = accuracy_chart(Curve("now", x, y), Curve("now", x, y)).payload()["lines"][0]
    coordinates = [struct.unpack("<7d", base64.b64decode(sent[axis])) for axis in "xy"]
    assert coordinates == [tuple(x.astype(float)), tuple(y.astype(float))]
    assert json.loads(json.dumps(sent)) == sent


def test_charts_of_nothing_draw():
    nothing = Curve("now", np.array([]), np.array([]))
    for chart in (loss_chart(nothing), accuracy_chart(nothing, nothing)):
        assert [line["x"] for line in chart.payload()["lines"]] == ["", ""]


def test_earlier_runs_lie_behind_in_grey():
    now, earlier = Curve("now", np.arange(3), np.ones(3)), Curve("before", np.arange(5), np.ones(5))
    lines = accuracy_chart(now, now, [earlier]).lines
    assert [line.curve.name for line in lines] == ["before", "training", "validation"]
    assert [line.named for line in lines] == [False, True, True] and lines[0].color == EARLIER


def test_the_smoothed_line_of_the_chart_is_the_smoothed_loss():
    values = np.random.default_rng(0).random(100)
    raw, smoothed = loss_chart(Curve("now", np.arange(100), values)).lines
    assert np.array_equal(raw.curve.y, values) and np.array_equal(smoothed.curve.y, smooth(values))
