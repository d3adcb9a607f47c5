"""Shapes, receptive fields and distributions of networks are drawn as they are."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from cnnlab.charts import receptive_field, value_distributions
from cnnlab.charts.palette import BETWEEN_UNITS, CHOSEN, GREY, ORANGE, WEAK
from cnnlab.charts.shape_row import LARGEST, shape_row
from cnnlab.inspection import layer_summary
from cnnlab.inspection.health import weight_distributions
from cnnlab.runs import store
from tests.charts.specs import layers, rows


@pytest.fixture(scope="module")
def network():
    """The shipped A0."""
    return store.load(*store.find_run("a0-simple-cnn"))


def test_the_row_of_a0_has_its_shapes_and_all_its_parameters(network):
    stops = layer_summary.stops(layer_summary.summarize(network.model, network.image_shape), network.image_shape)
    names = [layer_summary.labels(stop, 4) for stop in stops]
    chart = shape_row([stop.shape for stop in stops], names, [stop.parameters for stop in stops])
    table = rows(chart)
    assert table["shape"].iloc[0] == "1×28×28" and table["shape"].iloc[-1] == "10"
    total = sum(weights.numel() for weights in network.model.parameters())
    assert sum(int(text.replace(",", "") or 0) for text in table["parameters"]) == total
    assert table["weighted"].tolist() == [bool(text) for text in table["parameters"]]
    widest = table[table["kind"] == "maps"]
    sides = widest["shape"].str.rsplit("×", n=1).str[1].astype(int)
    assert widest["area"].tolist() == pytest.approx([(LARGEST * side / 28) ** 2 for side in sides])


def test_vectors_grow_with_the_logarithm_and_long_rows_wrap():
    shapes = [(1, 8, 8), *[(2**power,) for power in range(3, 14)]]
    chart = shape_row(shapes, [["layer"]] * len(shapes), [0] * len(shapes))
    table = rows(chart)
    sides = [math.log(1 + shape[0]) / math.log(1 + 2**13) for shape in shapes[1:]]
    assert table["area"].tolist()[1:] == pytest.approx([(LARGEST * side) ** 2 for side in sides])
    assert table["y"].tolist() == [0] * 6 + [1] * 6 and table["x"].tolist() == [*range(6), *range(6)]
    assert chart.to_dict()["height"] == 2 * 290


def test_a_unit_veils_what_it_does_not_see():
    image = np.random.default_rng(0).random((8, 8))
    mask = np.zeros((8, 8), bool)
    mask[2:5, 3:6] = True
    counts = np.arange(16.0).reshape(4, 4)
    seen, units = receptive_field.field(image, mask, (2, 3, 3, 3), counts, (1, 2), "conv2").tiles
    np.testing.assert_array_equal(seen.under, image)
    assert (seen.veil[mask] == 0).all() and (seen.veil[~mask] > 0.5).all()
    assert [(f.row, f.col, f.height, f.width) for f in seen.frames] == [(2, 3, 3, 3)]
    np.testing.assert_array_equal(units.values, counts)
    assert (units.scale.low, units.scale.high) == (0, 15)
    *between, chosen = units.frames
    assert (chosen.row, chosen.col, chosen.colour) == (1, 2, CHOSEN)
    assert [frame.colour for frame in between] == [BETWEEN_UNITS] * 8


def test_many_units_have_no_lines_between_them():
    mosaic = receptive_field.field(
        np.zeros((28, 28)), np.ones((28, 28), bool), (0, 0, 3, 3), np.ones((28, 28)), (0, 0), "conv1"
    )
    assert len(mosaic.tiles[1].frames) == 1 and "(0, 0) of conv1" in mosaic.label


def test_weights_are_counted_as_numpy_counts_them(network):
    found = weight_distributions({"now": network.model})
    first = found[0]
    weights = network.model.get_submodule(first.layer).weight.detach().numpy()
    chart = value_distributions.distribution(first.layer, first.edges, first.fractions)
    here = rows(chart)
    counts, edges = np.histogram(weights, len(here), (weights.min(), weights.max()))
    np.testing.assert_allclose(here["share"], counts / weights.size, atol=2.5 / weights.size)
    np.testing.assert_allclose(here["value"], (edges[1:] + edges[:-1]) / 2, atol=1e-5)
    assert chart.to_dict()["title"] == first.layer
    assert chart.to_dict()["encoding"]["color"]["scale"] == {"domain": ["now"], "range": [ORANGE]}


def test_before_is_grey_behind_now():
    shares = {"untrained": np.array([0.25, 0.75]), "epoch 3": np.array([0.5, 0.5])}
    chart = value_distributions.distribution("conv1", np.array([-1.0, 0.0, 1.0]), shares).to_dict()
    colour = chart["encoding"]["color"]["scale"]
    assert colour == {"domain": ["untrained", "epoch 3"], "range": [GREY, ORANGE]}
    table = pd.DataFrame(next(iter(chart["datasets"].values())))
    assert table["value"].tolist() == [-0.5, 0.5, -0.5, 0.5] and table["share"].tolist() == [0.25, 0.75, 0.5, 0.5]
    assert layers(chart) == ["area"]


def test_channels_that_never_rose_are_outlined():
    mosaic = value_distributions.peaks(np.array([0.5, 0.0, 2.0]), "conv1", "channel")
    assert [tile.border for tile in mosaic.tiles] == ["", WEAK, ""]
    assert [float(tile.values.item()) for tile in mosaic.tiles] == [0.5, 0, 2]
    assert mosaic.tiles[0].scale.high == 2 and mosaic.tiles[2].name == "conv1, channel 2" and mosaic.columns == 3
