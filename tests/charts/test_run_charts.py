"""Learning rates, splits and runs side by side are drawn as they are."""

from __future__ import annotations

import statistics

import numpy as np
import pytest

from cnnlab.charts import run_comparison, split_bars
from cnnlab.charts.palette import CLASSES, INK, ON_DARK
from cnnlab.charts.rate_curves import range_chart, schedule_chart
from cnnlab.charts.training_curves import Curve
from cnnlab.runs import store
from tests.charts.specs import layers, rows


@pytest.fixture(scope="module")
def shipped():
    """Two runs that come with the repository."""
    return [store.find_run(name)[0] for name in ("a0-simple-cnn", "gap")]


def test_a_schedule_is_its_rates_and_jumps_or_glides():
    for stepped, shape in ((True, "step-after"), (False, "linear")):
        chart = schedule_chart([0, 1, 2], [0.1, 0.1, 0.01], stepped)
        assert rows(chart).to_numpy().tolist() == [[0, 0.1], [1, 0.1], [2, 0.01]]
        assert chart.to_dict()["mark"]["interpolate"] == shape


def test_a_range_test_is_cut_where_the_loss_runs_away():
    rates, losses = np.geomspace(1e-4, 1, 5), np.array([2.0, 1.0, 0.5, 9.0, np.inf])
    chart = range_chart(rates, losses, np.array([2.0, 1.5, 1.0, 3.0, 8.0]), 0.01)
    table = rows(chart)
    np.testing.assert_allclose(table["rate"], [1e-4, 1e-3, 1e-2, 1e-1, 1])
    assert table["loss"].tolist() == [2, 1, 0.5, 2.6, 2.6] and table["smoothed"].tolist() == [2, 1.5, 1, 2.6, 2.6]
    spec = chart.to_dict()
    assert layers(spec) == ["line", "line", "rule", "text"]
    assert all(part["encoding"]["x"]["scale"] == {"type": "log"} for part in spec["layer"])
    marked = spec["datasets"][spec["layer"][2]["data"]["name"]]
    assert marked == [{"rate": 0.01, "text": "0.01"}]


def test_losses_of_runs_are_smoothed_as_by_hand(shipped):
    curves = [Curve(run.name, *np.array(run.record.losses, float).T) for run in shipped]
    table = rows(run_comparison.losses(curves))
    for curve, run in zip(curves, shipped, strict=True):
        drawn = table[table["run"] == run.name]
        expected = {
            last: statistics.median(loss for step, loss in run.record.losses if last - 50 < step <= last)
            for last, _ in run.record.losses
        }
        assert drawn["value"].tolist() == pytest.approx([expected[step] for step in drawn["step"]])
        assert drawn["step"].iloc[-1] == curve.x[-1] and len(drawn) > 1


def test_accuracies_of_runs_are_theirs_in_colours_of_their_own(shipped):
    points = [
        [(e.step, e.val_accuracy) for e in run.record.evaluations if e.val_accuracy is not None] for run in shipped
    ]
    curves = [Curve(run.name, *np.array(each, float).T) for run, each in zip(shipped, points, strict=True)]
    chart = run_comparison.accuracies(curves)
    table = rows(chart)
    for run, each in zip(shipped, points, strict=True):
        assert table[table["run"] == run.name][["step", "value"]].to_numpy().tolist() == [
            list(map(float, p)) for p in each
        ]
    encoding = chart.to_dict()["encoding"]
    assert encoding["color"]["scale"] == {"domain": [run.name for run in shipped], "range": list(CLASSES[:2])}
    worst = min(each[-1][1] for each in points)
    low, high = encoding["y"]["scale"]["domain"]
    assert low < worst and high == 1


def test_an_axis_of_poor_runs_begins_lower():
    poor = [Curve("poor", np.array([1, 2]), np.array([0.1, 0.625]))]
    assert run_comparison.accuracies(poor).to_dict()["encoding"]["y"]["scale"]["domain"] == [pytest.approx(0.25), 1.0]


@pytest.mark.parametrize("dark", [False, True])
def test_parts_of_a_split_follow_each_other(dark):
    splits = {"standard": [("train", 50_000), ("validation", 10_000), ("test", 10_000)], "a2": [("train", 60_000)]}
    chart = split_bars.bars(splits, "standard", 60_000, dark)
    table = rows(chart)
    assert table["start"].tolist() == [0, 50_000, 60_000, 0]
    assert table["stop"].tolist() == [
        50_000,
        60_000,
        70_000,
        60_000,
    ]
    assert table["pale"].tolist() == [1, 1, 1, 0.4] and table["ink"].tolist() == [ON_DARK] * 3 + [INK[dark]]
    spec = chart.to_dict()
    assert spec["layer"][0]["encoding"]["x"]["scale"]["domain"] == [0, 70_000]
    assert spec["datasets"][spec["layer"][2]["data"]["name"]] == [{"border": 60_000}]
    assert layers(spec) == ["bar", "text", "rule"]


def test_the_classes_of_a_part_are_counted(mnist):
    counts = np.bincount(mnist[1].labels.numpy(), minlength=10)
    chart = split_bars.class_bars(counts, mnist[1].classes, "test", False)
    assert rows(chart)["count"].tolist() == [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]
    assert rows(chart)["class"].tolist() == list(mnist[1].classes)
    encoding = chart.to_dict()["layer"][0]["encoding"]
    assert encoding["x"]["scale"]["domain"] == [0, pytest.approx(1.25 * 1135)]
