from __future__ import annotations

import numpy as np
import pytest

from cnnlab.charts.curves import POINTS, Curve, accuracy_chart, loss_chart, smooth, thin


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
    assert len(loss_chart(losses).data) <= 1_000


def test_charts_of_nothing_draw():
    nothing = Curve("now", np.array([]), np.array([]))
    assert len(loss_chart(nothing).data) == 0 == len(accuracy_chart(nothing, nothing).data)


def test_earlier_runs_lie_behind_in_grey():
    now, earlier = Curve("now", np.arange(3), np.ones(3)), Curve("before", np.arange(5), np.ones(5))
    table = accuracy_chart(now, now, [earlier]).data.to_pandas()
    assert set(table.line) == {"training", "validation", "before"}
    assert table[table.kind == "earlier"].line.unique().tolist() == ["before"]


def test_only_the_data_changes_while_a_run_grows():
    short, long = (Curve("now", np.arange(1, n), np.ones(n - 1)) for n in (10, 500))
    assert loss_chart(short).spec is loss_chart(long).spec
    assert accuracy_chart(short, short).spec is accuracy_chart(long, long).spec
    assert loss_chart(short).spec != loss_chart(short, logarithmic=False).spec
    assert accuracy_chart(short, short).spec != accuracy_chart(short, short, lowest=0.8).spec
