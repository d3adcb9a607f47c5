"""The walk through a network against the article's shapes and the network's own parameters."""

from __future__ import annotations

import pytest

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.inspection.kernel_weights import convolutions, in_words, weights
from cnnlab.inspection.layer_summary import labels, stops, summarize
from tests.support.small_networks import branched


def test_simple_cnn_walks_as_the_article_says():
    row = stops(summarize(models.build("simple-cnn"), (1, 28, 28)), (1, 28, 28))
    shapes = [stop.shape for stop in row]
    assert shapes == [(1, 28, 28), (16, 28, 28), (16, 14, 14), (32, 14, 14), (32, 7, 7), (1568,), (128,), (10,)]
    assert [stop.parameters for stop in row] == [0, 416, 0, 12_832, 0, 0, 200_832, 1_290]
    assert [layer.name for layer in row[1].layers] == ["conv1", "relu1"]


@pytest.mark.parametrize("spec", models.specs(), ids=lambda spec: spec.name)
def test_the_parameters_of_every_registered_network_add_up(spec):
    network = models.build(spec.name, options=LIGHT.get(spec.name, {}))
    layers = summarize(network, (1, 28, 28))
    assert sum(layer.parameters for layer in layers) == models.parameter_count(network)
    assert layers[-1].shape == (10,)
    assert not any(module._forward_hooks or module._forward_pre_hooks for module in network.modules())


def test_multiplications_of_a_convolution_are_weights_times_places():
    conv2 = next(layer for layer in summarize(models.build("simple-cnn"), (1, 28, 28)) if layer.name == "conv2")
    assert conv2.multiplications == (32 * 16 * 5 * 5 + 32) * 14 * 14  # torchinfo counts the bias too


def test_weights_in_words():
    network = models.build("simple-cnn")
    words = [in_words(conv) for conv in convolutions(network).values()]
    assert words == [
        "16 output channels, 1 input channel, 5 high, 5 wide",
        "32 output channels, 16 input channels, 5 high, 5 wide",
    ]
    grouped = convolutions(branched())["blocks.0.conv1"]
    assert in_words(grouped) == "4 output channels, 2 input channels, 3 high, 3 wide, in 2 groups"
    weights(network, "conv1")[:] = 0  # a copy: the network keeps its own
    assert network.conv1.weight.abs().min() > 0


def test_labels_name_a_block_once_and_stay_short():
    row = stops(summarize(models.build("residual-net"), (1, 28, 28)), (1, 28, 28))
    found = [labels(stop) for stop in row]
    assert found[0] == ["normalize"] and found[1] == ["conv 3×3", "bn", "relu"]
    assert found[3] == ["block1_1", "conv2 3×3", "bn2", "+ 2 layers"]
    assert found[4] == ["block2_1.shortcut", "conv 1×1 /2", "bn"]
    adapted = summarize(models.build("vgg-11", options=LIGHT["vgg-11"]), (1, 28, 28))
    assert labels(stops(adapted, (1, 28, 28))[1]) == ["adapter"]
