"""Answers, class accuracies, mistakes and shares read right are drawn as they were given."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cnnlab import models
from cnnlab.charts import drawing_strips, robustness_curves
from cnnlab.charts.answer import answer, headline, ribbons
from cnnlab.charts.class_accuracy import before_and_after
from cnnlab.charts.ensemble_mistakes import ALONE, TOGETHER, mistakes_chart
from cnnlab.charts.palette import INK, ON_DARK, RIGHT, SERIES, WRONG, WRONG_TO_RIGHT
from cnnlab.charts.robustness_curves import RobustnessLine, classes_by_distance
from cnnlab.runs import store
from tests.charts.specs import layers, rows

DIGITS = tuple(map(str, range(10)))


@pytest.fixture(scope="module")
def answers(mnist):
    """(test images uint8 [50, 1, 28, 28], the shipped draw network's probabilities [50, 10])."""
    images = mnist[1].images[:50]
    network = store.load(*store.find_run("draw"))
    return images.numpy(), models.logits_of(network.model, images).softmax(1).numpy()


def test_the_answer_to_a_digit_has_a_bar_a_class(answers):
    image, probabilities = answers[0][0], answers[1][0]
    drawn = answer(probabilities.tolist(), DIGITS, image)
    assert [bar["name"] for bar in drawn["bars"]] == list(DIGITS) and drawn["shape"] == [28, 28]
    assert [bar["p"] for bar in drawn["bars"]] == probabilities.tolist()
    assert [bar["percent"] for bar in drawn["bars"]] == [f"{100 * p:.1f}%" for p in probabilities.tolist()]
    assert [bar["best"] for bar in drawn["bars"]] == [k == probabilities.argmax() for k in range(10)]
    assert drawn["word"] == DIGITS[probabilities.argmax()]
    assert base64.b64decode(drawn["pixels"]) == image.tobytes()


def test_another_image_is_marked_as_another(answers):
    marks = {answer([0.5, 0.5], "ab", image)["read"] for image in answers[0]}
    assert len(marks) == len(np.unique(answers[0], axis=0))


@pytest.mark.parametrize(
    ("probabilities", "word"),
    [((0.1, 0.9, 0.0), "b"), ((0.6, 0.3, 0.1), "a or b"), ((0.6, 0.29, 0.11), "a"), ((0.2, 0.3, 0.5), "c or b")],
)
def test_a_close_second_is_named(probabilities, word):
    assert headline(probabilities, "abc") == word


def test_ribbons_are_every_class_at_every_step(answers):
    steps, probabilities = [10, 20, 40], answers[1][:3]
    chart = ribbons(steps, probabilities.tolist(), DIGITS)
    table = rows(chart).pivot(index="step", columns="class", values="probability")
    np.testing.assert_allclose(table[list(DIGITS)], probabilities, rtol=1e-6)
    assert table.index.tolist() == steps and chart.to_dict()["encoding"]["y"]["stack"] is True


def test_two_bars_a_class():
    chart = before_and_after(["cat", "dog"], [0.5, 1.0], [0.25, 0.75])
    table = rows(chart).pivot(index="class", columns="network", values="accuracy")
    assert table["whole"].tolist() == [0.5, 1.0] and table["without"].tolist() == [0.25, 0.75]
    spec = chart.to_dict()
    assert layers(spec) == ["bar", "text"]
    assert spec["layer"][1]["transform"][0] == {"filter": "datum.network == 'without'"}
    assert spec["layer"][0]["encoding"]["y"]["scale"] == {"domain": [0, 1.08]}
    assert spec["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == 0
    assert before_and_after(["horse"], [1], [1]).to_dict()["layer"][0]["encoding"]["x"]["axis"]["labelAngle"] == -40


def test_mistakes_keep_their_order_and_ensembles_are_orange():
    chart = mistakes_chart(["b", "a", "vote"], [120, 90, 1_050], [False, False, True])
    table = rows(chart)
    assert table["name"].tolist() == ["b", "a", "vote"] and table["mistakes"].tolist() == [120, 90, 1_050]
    spec = chart.to_dict()
    bars = spec["layer"][0]["encoding"]
    assert bars["color"]["condition"] == {"test": "datum.together", "value": TOGETHER}
    assert bars["color"]["value"] == ALONE and bars["y"]["sort"] == ["b", "a", "vote"]
    assert spec["layer"][1]["encoding"]["text"]["format"] == ","


def test_a_gallery_marks_right_and_wrong_by_sign_and_colour(answers, mnist):
    images, right = answers[0][:, 0], answers[1].argmax(1) == mnist[1].labels[:50].numpy()
    right[3] = False
    mosaic = drawing_strips.gallery(images, [f"{n}" for n in range(50)], right.tolist())
    assert [tile.title[0] for tile in mosaic.tiles] == ["✓" if good else "✗" for good in right]
    assert [tile.border for tile in mosaic.tiles] == [RIGHT if good else WRONG for good in right]
    assert [len(tile.frames) for tile in mosaic.tiles] == (~right).astype(int).tolist()
    np.testing.assert_allclose(np.stack([tile.values for tile in mosaic.tiles]), images / 255)
    assert mosaic.columns == 12 and drawing_strips.gallery(images[:2], ["a", "b"], [True, True]).columns == 6


def test_a_preparation_is_a_row_with_arrows_and_large_pictures_are_averaged():
    chess = np.kron(np.indices((50, 50)).sum(0) % 2 * 255, np.ones((4, 4))).astype(np.uint8)
    small = np.arange(784).reshape(28, 28).astype(np.uint8)
    mosaic = drawing_strips.preparation([("drawn", chess), ("ready", small)])
    first, second = mosaic.tiles
    assert [first.after, second.after] == ["→", ""] and mosaic.columns == 2
    assert first.values.shape == (84, 84) and first.values.mean() == pytest.approx(0.5, abs=0.02)
    np.testing.assert_allclose(second.values, small / 255)


def test_the_strip_has_a_row_a_layer_and_one_of_outputs():
    strengths = np.array([3, 1, 5, 4, 2.0])[:, None, None]
    maps = {"conv1": strengths * np.ones((5, 6, 6)), "conv2": -np.ones((2, 3, 3))}
    mosaic = drawing_strips.layer_strip(list(maps.items()), [0.25, 0.75], ("a", "b"), most=4)
    assert mosaic.columns == 4 and len(mosaic.tiles) == 12
    assert mosaic.row_titles == ["conv1 · 5 of 6×6", "conv2 · 2 of 3×3", "2 outputs"]
    shown = [tile.values.shape for tile in mosaic.tiles if not np.isnan(tile.values).any()]
    assert shown == [(6, 6)] * 4 + [(3, 3)] * 2 + [(1, 1)] * 2
    assert [tile.values.item() for tile in mosaic.tiles[8:10]] == [0.25, 0.75]
    assert [tile.name for tile in mosaic.tiles[:4]] == [f"conv1, map {k}" for k in (0, 2, 3, 4)], "the strongest"
    assert not mosaic.links


def test_lines_lead_from_the_last_maps_to_the_outputs_that_they_speak_for():
    maps = [("conv", np.arange(3.0)[:, None, None] * np.ones((3, 2, 2)))]
    added = np.array([[0.0, 1.0, -2.0], [0.0, 0.01, 4.0]])  # [outputs, maps]
    mosaic = drawing_strips.layer_strip(maps, [0.25, 0.75], ("a", "b"), most=3, added=added)
    assert {(link.start, link.end): link.strength for link in mosaic.links} == {(1, 3): 0.25, (2, 3): -0.5, (2, 4): 1.0}
    two = drawing_strips.layer_strip(maps, [0.25, 0.75], ("a", "b"), most=2, added=added)
    assert {(link.start, link.end): link.strength for link in two.links} == {(0, 2): 0.25, (1, 2): -0.5, (1, 3): 1.0}


def test_robustness_curves_hold_every_value_in_their_colours():
    lines = [
        RobustnessLine("mean", np.array([1.0, 0.5, 0.25])),
        RobustnessLine("worst", np.array([1.0, 0.25, 0.0]), 5, True),
    ]
    chart = robustness_curves.curves(lines, [0, 1, 2], "pixels moved")
    table = rows(chart).pivot(index="x", columns="line", values="share")
    assert table["mean"].tolist() == [1, 0.5, 0.25] and table["worst"].tolist() == [1, 0.25, 0]
    encoding = chart.to_dict()["layer"][0]["encoding"]
    assert encoding["color"]["scale"] == {"domain": ["mean", "worst"], "range": [SERIES[0], SERIES[1]]}
    assert encoding["strokeDash"]["scale"]["range"] == [[1, 0], [7, 5]]
    assert encoding["y"]["scale"] == {"domain": [0, 1]} and encoding["x"]["axis"]["values"] == [0, 1, 2]
    assert layers(chart.to_dict()) == ["line", "point"]


def test_classes_by_distance_leave_out_what_was_not_measured():
    shares = [np.array([1.0, 0.5]), np.array([0.75, np.nan])]
    chart = classes_by_distance(shares, ["7", "9"], "pixels moved", dark=False)
    table = rows(chart)
    assert table[["class", "distance", "share"]].to_numpy().tolist() == [["7", 0, 1.0], ["7", 1, 0.5], ["9", 0, 0.75]]
    cells, texts = (layer["encoding"]["color"] for layer in chart.to_dict()["layer"])
    assert cells["scale"] == {"domain": [0, 1], "range": list(WRONG_TO_RIGHT)}
    assert texts["condition"]["value"] == ON_DARK and texts["value"] == INK[False]


def test_the_nearest_images_stand_under_their_names():
    found = [(np.full((1, 28, 28), 51 * k, np.uint8), str(k)) for k in range(3)]
    mosaic = drawing_strips.nearest_images(found)
    assert [tile.title for tile in mosaic.tiles] == ["0", "1", "2"] and mosaic.columns == 3
    assert [float(tile.values.mean()) for tile in mosaic.tiles] == pytest.approx([0, 0.2, 0.4])
