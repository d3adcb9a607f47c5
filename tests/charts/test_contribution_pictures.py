"""What speaks for an answer: sums, the strongest maps and the softmax, against numpy and torch."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from cnnlab.charts.contribution_pictures import on_drawing, on_maps, softmax_table, sum_in_words

GENERATOR = np.random.default_rng(0)
PARTS = GENERATOR.normal(size=(5, 3, 3)).astype(np.float32)
MAPS = GENERATOR.uniform(size=(5, 3, 3)).astype(np.float32)


def test_the_sum_in_words_adds_up():
    words = sum_in_words("4", float(PARTS.sum()) + 0.5, 0.5, PARTS)
    logit, rest, speaks, against = (float(each.replace("−", "-")) for each in re.findall(r"−?\d+\.\d\d", words[5:]))
    assert logit == pytest.approx(rest + speaks - against, abs=0.021)
    assert speaks == pytest.approx(PARTS[PARTS > 0].sum(), abs=0.005) and words.startswith("**4**: ")


def test_the_maps_that_move_the_logit_most_come_first():
    mosaic = on_maps(MAPS, PARTS, "relu2", "7", 3)
    order = sorted(range(5), key=lambda c: -abs(PARTS[c].sum()))[:3]
    assert mosaic.columns == 3 and mosaic.row_titles == ["relu2", "for 7"]
    for place, c in enumerate(order):
        np.testing.assert_array_equal(mosaic.tiles[place].values, MAPS[c])
        np.testing.assert_array_equal(mosaic.tiles[3 + place].values, PARTS[c])
        assert float(mosaic.tiles[3 + place].title.replace("−", "-")) == pytest.approx(PARTS[c].sum(), abs=0.0051)


def test_both_answers_lie_over_the_drawing_to_one_scale():
    image, places = np.eye(3), [("for 4", PARTS[0]), ("for 9", 2 * PARTS[1])]
    mosaic = on_drawing(image, places)
    first, second, third = mosaic.tiles
    np.testing.assert_array_equal(first.values, image)
    assert second.scale == third.scale and second.scale.high == max(np.abs(PARTS[0]).max(), 2 * np.abs(PARTS[1]).max())
    assert [second.title, third.title] == ["for 4", "for 9"] and second.under is image
    assert max(second.veil.max(), third.veil.max()) <= 1


@pytest.mark.parametrize("shift", [0.0, 400.0])
def test_the_table_is_the_softmax(shift):
    logits = [shift + 2.0, shift - 1.5, shift]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in softmax_table(logits, "abc").split("\n")]
    assert rows[0] == ["", "a", "b", "c", "sum"]
    shares = [float(cell.rstrip("%")) / 100 for cell in rows[4][1:4]]
    np.testing.assert_allclose(shares, torch.tensor(logits, dtype=torch.float64).softmax(0), atol=0.0005)
    assert [float(cell.replace("−", "-")) for cell in rows[2][1:4]] == logits and "$e^" in rows[3][0]
    powers = [float(cell.replace("−", "-").replace(",", "")) for cell in rows[3][1:]]
    assert sum(powers[:3]) == pytest.approx(powers[3], rel=0.01)
