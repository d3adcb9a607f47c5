"""Knocking out kernels against zeroing their weights and biases by hand."""

from __future__ import annotations

import copy

import pytest
import torch
from sklearn.metrics import confusion_matrix

from cnnlab.inspection.ablation import ablated, count_right, probabilities
from tests.support.small_networks import branched, plain


@pytest.mark.parametrize(
    ("make", "silent"),
    [(plain, {"0": [2]}), (plain, {"0": [0, 5], "7": [1]}), (branched, {"stem": [3], "blocks.1.conv2": [0, 1, 2]})],
)
def test_it_equals_zeroing_weights_and_bias(make, silent, small):
    network = make()
    by_hand = copy.deepcopy(network)
    for layer, channels in silent.items():
        conv = by_hand.get_submodule(layer)
        conv.weight[channels] = 0
        if conv.bias is not None:
            conv.bias[channels] = 0
    before = {name: tensor.clone() for name, tensor in network.state_dict().items()}
    x = small.test.images[:50] / 255
    torch.testing.assert_close(ablated(network, silent)(x), by_hand(x))
    assert ablated(network, silent)(x).ne(network(x)).any()
    assert all(torch.equal(before[name], tensor) for name, tensor in network.state_dict().items())


def test_tally_equals_the_diagonal_of_scikit_learns_confusion_matrix(small):
    network = plain()
    predicted = network(small.test.images / 255).argmax(1)
    matrix = confusion_matrix(small.test.labels, predicted, labels=range(10))
    found = count_right(network, small.test)
    assert found.right == matrix.diagonal().tolist()
    assert found.total == matrix.sum(1).tolist()
    assert found.accuracy == pytest.approx(matrix.trace() / matrix.sum())
    assert found.fractions == pytest.approx((matrix.diagonal() / matrix.sum(1)).tolist())


def test_probabilities_are_the_softmax(small):
    network = plain()
    expected = network(small.test.images[:1] / 255).softmax(1)[0]
    torch.testing.assert_close(torch.tensor(probabilities(network, small.test.images[0])), expected)
