"""Runs through parallel axes stand where their values are, in colours that both themes show."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from cnnlab.charts.palette import PAPER, POOR_TO_GOOD
from cnnlab.charts.parallel_axes import ACCURACY, RunLine, accuracy_scale, parallel_axes, scale_of
from tests.charts.specs import layers, rows
from tests.charts.test_palette import contrast


def test_few_values_are_named_at_even_distances_in_their_order():
    assert scale_of([1e-2, 1e-4, 1e-3, 1e-4]).places == [1, 0, 0.5, 0]
    assert scale_of([1e-2, 1e-4, 1e-3]).ticks == [(0, "0.0001"), (0.5, "0.001"), (1, "0.01")]
    assert scale_of(["sgd", "adam"]).ticks == [(0, "adam"), (1, "sgd")]
    assert scale_of([[8, 16], [4, 8]]).ticks == [(0, "4,8"), (1, "8,16")] and scale_of([True]).ticks == [(0.5, "True")]


def test_many_numbers_stand_where_they_lie_wide_ranges_by_their_logarithm():
    numbers = [16, 20, 30, 33, 40, 44, 50, 60, 64]
    assert scale_of(numbers).places == pytest.approx([(each - 16) / 48 for each in numbers])
    rates = [1e-4 * 2**power for power in range(11)]
    assert scale_of(rates).places == pytest.approx([math.log(each / 1e-4) / math.log(1024) for each in rates])
    assert [text for _, text in scale_of(numbers).ticks] == ["16", "28", "40", "52", "64"]
    assert [text for _, text in scale_of(range(100, 501, 40)).ticks] == ["100", "200", "300", "400", "500"]


def test_accuracies_go_from_the_lowest_to_the_highest():
    scale = accuracy_scale([0.5, 0.9, 0.7])
    assert scale.places == pytest.approx([0, 1, 0.5])
    assert [text for _, text in scale.ticks] == ["50.0%", "60.0%", "70.0%", "80.0%", "90.0%"]
    assert accuracy_scale([0.98, 0.98]).ticks == [(0.5, "98.00%")]


@pytest.mark.parametrize("dark", [False, True])
def test_a_run_is_a_line_with_a_point_on_every_axis(dark):
    lines = [RunLine("a", (0.1, "sgd"), 0.9, best=True), RunLine("b", (0.01, "adam"), 0.5, whole=False)]
    chart = parallel_axes(["learning rate", "optimizer"], lines, dark)
    table = pd.DataFrame(next(each for each in chart.to_dict()["datasets"].values() if "run" in each[0]))
    assert table[table["run"] == "a"][["axis", "place", "value"]].to_numpy().tolist() == [
        ["learning rate", 1, "0.1"], ["optimizer", 1, "sgd"], [ACCURACY, 1, "90.00%"],
    ]  # fmt: skip
    assert table[table["run"] == "b"]["place"].tolist() == [0, 0, 0] and not table["whole"].all()
    spec = chart.to_dict()
    assert layers(spec) == ["rule", "line", "text", "text"]
    assert spec["layer"][1]["encoding"]["color"]["scale"] == {
        "domain": [0.5, 0.7, 0.9], "range": list(POOR_TO_GOOD), "interpolate": "rgb",
    }  # fmt: skip


def test_runs_that_are_equally_good_are_drawn_too():
    assert len(rows(parallel_axes([], [RunLine("a", (), 0.5), RunLine("b", (), 0.5)], False))) == 2


@pytest.mark.parametrize("dark", [False, True])
def test_its_colours_stand_out_from_the_page(dark):
    assert all(contrast(colour, PAPER[dark]) >= 3 for colour in POOR_TO_GOOD)
