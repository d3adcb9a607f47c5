"""The charts of the confusion page hold the numbers they were given."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import pytest

from cnnlab.charts.class_scores import accuracy_bars
from cnnlab.charts.confidence import coverage_chart, histogram_chart, reliability_chart
from cnnlab.charts.confusion_heatmap import difference_chart, matrix_chart
from cnnlab.charts.point_cloud import space_chart
from cnnlab.charts.point_map import AnsweredPoints, apart, many_wrong, points_chart

COUNTS = np.array([[980, 0, 4], [1, 1100, 0], [0, 16, 900]])
CLASSES = ("a", "b", "c")


@pytest.fixture(autouse=True)
def many_rows():
    with alt.data_transformers.disable_max_rows():
        yield


def rows(chart) -> pd.DataFrame:
    """The biggest data set in the chart's JSON, so also proof that it is a valid chart."""
    return pd.DataFrame(max(chart.to_dict()["datasets"].values(), key=len))


def grid(table: pd.DataFrame, column: str) -> list[list]:
    return table.pivot(index="true", columns="predicted", values=column).to_numpy().tolist()


def test_the_matrix_writes_every_count_and_colours_mistakes_alone():
    table = rows(matrix_chart(COUNTS, CLASSES, (2, 1)))
    assert grid(table, "text") == [["980", "·", "4"], ["1", "1100", "·"], ["·", "16", "900"]]
    assert grid(table, "chosen")[2][1] and table["chosen"].sum() == 1
    weights = grid(table, "weight")
    assert weights[2][1] == max(w for row in weights for w in row), "the biggest mistake is the darkest cell"
    assert 0 < weights[1][0] < weights[0][2] < weights[2][1]
    assert weights[0][0] < weights[1][0], "the diagonal does not drown one mistake"


def test_shares_are_written_in_per_cent():
    shares = COUNTS / COUNTS.sum(1, keepdims=True)
    table = rows(matrix_chart(COUNTS, CLASSES, None, shares))
    assert grid(table, "text") == [["99.6", "·", "0.4"], ["0.1", "99.9", "·"], ["·", "1.7", "98.3"]]
    whole = rows(matrix_chart(np.diag([3, 0, 2]), CLASSES, None, np.diag([1.0, 0.0, 1.0])))
    assert grid(whole, "text")[0] == ["100", "·", "·"]
    tiny = rows(matrix_chart(COUNTS, CLASSES, None, np.full((3, 3), 0.0002)))
    assert grid(tiny, "text")[0][1] == "<0.1"


def test_a_difference_tells_more_from_fewer():
    before = np.array([[980, 0, 4], [1, 1096, 4], [0, 10, 906]])
    table = rows(difference_chart(COUNTS, before, CLASSES))
    assert grid(table, "text") == [["·", "·", "·"], ["·", "+4", "−4"], ["·", "+6", "−6"]]
    assert grid(table, "kind")[1] == ["none", "right", "fewer"] and grid(table, "kind")[2][1] == "more"


@pytest.mark.parametrize("counts", [np.zeros((3, 3), int), np.diag([1, 0, 0]), np.eye(3, k=1, dtype=int)])
def test_matrices_with_nothing_in_them_are_charts(counts):
    for chart in (matrix_chart(counts, CLASSES), difference_chart(counts, counts, CLASSES)):
        assert np.isfinite(rows(chart)["weight"]).all()


def test_bars_carry_the_articles_line():
    table = rows(accuracy_bars(["Digit 0", "Digit 1", "Digit 2"], [974, 0, 5], [980, 0, 5], False))
    assert table["text"].tolist() == ["99.4 % (974/980)", "no images", "100.0 % (5/5)"]
    assert table["worst"].tolist() == [True, False, False]


def test_bars_of_one_class_that_is_always_wrong_or_right():
    for right in (0, 4):
        assert rows(accuracy_bars(["x"], [right], [4], True))["text"].tolist() == [f"{25 * right}.0 % ({right}/4)"]


def test_certainty_charts_are_valid_down_to_one_answer():
    one = np.array([1.0])
    histogram_chart(one * 0.5, one, np.array([1]), np.array([0])).to_dict()
    reliability_chart(one * 0.9, one, one * 0.95, one * 0, np.array([1]), False).to_dict()
    for at in (None, (1.0, 0.5)):
        coverage_chart(one, one * 0.0, at, True).to_dict()


def test_the_map_has_every_point_and_rings_the_wrong_ones():
    points = np.linspace(-1, 1, 12).reshape(6, 2)
    answered = AnsweredPoints(points, np.array([0, 1, 2, 0, 1, 2]), np.array([0, 1, 2, 1, 1, 2]), CLASSES)
    chart = points_chart(answered, [(0, 0.0, 0.0)], 3, False)
    table = rows(chart)
    assert len(table) == 6 and table["chosen"].tolist() == [False, False, False, True, False, False]
    assert (table["class"] != table["answer"]).sum() == 1


def test_many_wrong_answers_are_hollow_in_their_colour_and_few_are_ringed():
    labels = np.arange(30) % 3
    few, many = labels.copy(), (labels + 1) % 3
    few[0] = 1
    for predicted, wrong in ((few, False), (many, True)):
        assert many_wrong(labels, predicted) is wrong
        answered = AnsweredPoints(np.zeros((30, 2)), labels, predicted, CLASSES)
        chart = points_chart(answered, [(0, 0.0, 0.0)], None, False).to_dict()
        assert ("color" in chart["layer"][1]["encoding"]) is wrong


@pytest.mark.parametrize("dark", [False, True])
def test_points_in_space_are_named_by_class_and_say_what_they_were_read_as(dark):
    points, labels = np.arange(18.0).reshape(6, 3), np.array([0, 2, 0, 2, 2, 0])
    predicted = np.array([0, 2, 1, 2, 0, 0])
    share = np.array([0.5, 0.25, 0.1])
    figure = space_chart(AnsweredPoints(points, labels, predicted, CLASSES), np.arange(10, 16), share, dark)
    assert [trace.name for trace in figure.data] == [CLASSES[0], CLASSES[2]]
    for trace, label in zip(figure.data, (0, 2), strict=True):
        right = (predicted == label) & (labels == label)
        here = np.concatenate([np.flatnonzero(right), np.flatnonzero((labels == label) & ~right)])
        assert np.array_equal(np.stack([trace.x, trace.y, trace.z], 1), points[here])
        assert list(trace.text) == [f"{CLASSES[label]} read as {CLASSES[answer]}" for answer in predicted[here]]
        assert [symbol == "cross" for symbol in trace.marker.symbol] == (predicted[here] != label).tolist()
        assert list(trace.customdata) == np.arange(10, 16)[here].tolist()
    scene = figure.layout.scene
    assert [axis.title.text for axis in (scene.xaxis, scene.yaxis, scene.zaxis)] == ["1st: 50%", "2nd: 25%", "3rd: 10%"]


def test_names_that_would_cover_each_other_move_apart_and_no_others():
    free = [("left", -0.5, 0.0), ("right", 0.5, 0.0), ("up", -0.5, 0.5)]
    assert sorted(apart(free)) == sorted(free)
    crowd = [(name, 0.01 * at, 0.0) for at, name in enumerate(("airplane", "bird", "cat", "dog", "automobile"))]
    heights = sorted(y for _, _, y in apart(crowd))
    assert np.diff(heights).min() > 0.119 and np.mean(heights) == pytest.approx(0, abs=1e-6)
