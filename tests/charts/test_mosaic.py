"""What the canvas is told to draw."""

from __future__ import annotations

import base64

import numpy as np
import pytest

from cnnlab.charts.feature_map_grid import all_layers, sums
from cnnlab.charts.mosaic import Mosaic, Tile, columns_for, diverging, fitting, sequential


def decoded(text: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text), "<f4")


def test_values_travel_unchanged_tile_after_tile():
    maps = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    scale = diverging(maps, "value")
    content = Mosaic([Tile(each, scale) for each in maps], 2, "maps").payload()
    np.testing.assert_array_equal(decoded(content["values"]), maps.ravel())
    assert [(tile["height"], tile["width"]) for tile in content["tiles"]] == [(4, 5)] * 3
    assert len(content["scales"]) == 1
    moved = Mosaic([Tile(each + 1, scale) for each in maps], 2, "maps").payload()
    assert moved["revision"] != content["revision"]


def test_a_diverging_scale_is_symmetric_and_a_sequential_one_starts_at_zero():
    values = np.array([-0.5, 0.1, 0.3])
    assert (diverging(values, "").low, diverging(values, "").high) == (-0.5, 0.5)
    assert (sequential(values, "").low, sequential(values, "").high) == (0, 0.3)
    assert fitting(values, "").low == -0.5
    assert fitting(values[1:], "").low == 0
    assert sequential(np.zeros(3), "").high == 1  # a dead layer must not divide by zero


@pytest.mark.parametrize(("count", "columns"), [(16, 8), (4, 4), (10, 5), (1, 1)])
def test_columns_fill_their_rows(count, columns):
    assert columns_for(count, 5, 5) == columns


def test_fewer_maps_than_others_leave_empty_places():
    layers = {"a": np.ones((2, 4, 4)), "b": np.ones((3, 2, 2))}
    mosaic = all_layers(layers, ["a", "b"], ("b", 1, 0, 1))
    assert mosaic.columns == 3
    assert np.isnan(mosaic.tiles[2].values).all()
    assert [bool(tile.border) for tile in mosaic.tiles] == [False, False, False, False, True, False]


def test_the_sum_has_a_row_an_input_channel():
    patches, kernel = np.ones((2, 3, 3)), np.full((2, 3, 3), 0.5)
    mosaic = sums(patches, kernel, patches * kernel, np.array([4.5, -4.5]), ["in 0", "in 1"])
    assert [tile.after for tile in mosaic.tiles] == ["×", "=", "Σ +4.500", "×", "=", "Σ −4.500"]
    assert mosaic.row_titles == ["in 0", "in 1"]
