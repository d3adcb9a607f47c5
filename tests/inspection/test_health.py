"""Dead channels and distributions against numpy on activations collected one by one."""

from __future__ import annotations

import numpy as np
import torch

from cnnlab.inspection.health import activation_distributions, liveliness, weight_distributions
from tests.support.small_networks import branched, plain


def test_a_channel_is_dead_when_no_image_wakes_it(small):
    network = plain()
    network[1].weight[4] = 0.0
    network[1].bias[4] = -1.0  # after batch norm this channel is -1 everywhere
    network[10].bias[7] = -1e6
    found = {each.layer: each for each in liveliness(network, small.test.images)}
    assert list(found) == ["2", "8", "11"]
    with torch.inference_mode():
        for layer, each in found.items():
            x = small.test.images / 255
            for module in network[: int(layer) + 1]:
                x = module(x)
            axes = (0, 2, 3) if x.ndim == 4 else (0,)
            np.testing.assert_allclose(each.peaks, x.numpy().max(axes), rtol=1e-5, atol=1e-6)
            assert each.channels == tuple(np.flatnonzero(x.numpy().max(axes) == 0))
    assert 4 in found["2"].channels
    assert 7 in found["11"].channels
    assert (found["2"].source, found["8"].source, found["11"].source) == ("0", "7", "10")
    assert found["2"].fraction == len(found["2"].channels) / 6
    assert found["2"].is_map
    assert not found["11"].is_map


def test_branches_do_not_hide_a_rectifier(small):
    assert [each.layer for each in liveliness(branched(), small.test.images[:10])] == ["blocks.0.relu", "blocks.1.relu"]


def test_distributions_are_histograms_over_common_edges(small):
    now, then = plain(), plain()
    now[0].weight.mul_(3)
    found = weight_distributions({"then": then, "now": now})
    assert [each.layer for each in found] == ["0", "4", "7", "10", "12"]
    for each in found:
        for state, network in (("then", then), ("now", now)):
            values = network[int(each.layer)].weight.numpy().ravel().astype(np.float64)
            expected, _ = np.histogram(values, bins=each.edges.astype(np.float64))
            assert (
                abs(each.fractions[state] - expected / len(values)).sum() < 0.02
            )  # a value on an edge may fall either way
            assert abs(each.fractions[state].sum() - 1) < 1e-5
    given = activation_distributions({"then": then, "now": now}, small.test.images[:20])
    first = torch.nn.functional.conv2d(small.test.images[:20] / 255, now[0].weight, now[0].bias, padding=2)
    assert given[0].edges[-1] >= first.max().item() - 1e-5
    assert abs(given[0].fractions["now"].sum() - 1) < 1e-5
