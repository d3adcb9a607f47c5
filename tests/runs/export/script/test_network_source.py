"""Networks written as classes: the same layers, weights and answers as the registry's."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs.export.script.network_source import class_name, network_source
from cnnlab.runs.export.script.spelling import spelled
from tests.support.small_networks import Branched

OTHERS = {
    "conv-net": {"depth": (3, 5, 7), "head": "average", "normalisation": "batch", "activation": "leaky-relu"},
    "residual-net": {"block": "bottleneck", "dropout": 0.3, "widths": (4, 8), "depths": (2, 1)},
    "custom": {
        "layers": [
            {"kind": "conv", "channels": 6, "kernel": 5, "stride": 2, "padding": 1},
            {"kind": "activation", "function": "elu"},
            {"kind": "batch-norm"},
            {"kind": "avg-pool", "kernel": 3, "stride": 2},
            {"kind": "global-average-pool"},
            {"kind": "linear", "units": 12},
            {"kind": "batch-norm"},
            {"kind": "activation", "function": "gelu"},
        ]
    },
}
CASES = [(spec.name, LIGHT.get(spec.name, {})) for spec in models.specs()] + list(OTHERS.items())


@pytest.mark.parametrize(("name", "options"), CASES)
@pytest.mark.parametrize("shape", [(1, 28, 28), (3, 32, 32)], ids=["grey", "colour"])
def test_the_class_has_the_weights_and_the_answers_of_the_network(name, options, shape):
    images = models.ImageSpec(shape, 10, (0.13,) * shape[0], (0.31,) * shape[0])
    source = network_source(name, options, shape, 10)
    space = {}
    exec("\n".join(["from __future__ import annotations", *sorted(source.imports), source.text]), space)
    torch.manual_seed(4)
    written = space[source.name](*((images.mean, images.std) if source.arguments else ()))
    if source.start:
        space[source.start](written)
    ours = models.build(name, images, seed=4, options=options)
    mine, theirs = written.state_dict(), ours.state_dict()
    assert list(mine) == list(theirs) and all(torch.equal(mine[key], theirs[key]) for key in mine)
    x = torch.rand(2, *shape)
    assert torch.equal(written.eval()(x), ours.eval()(x))


def test_layers_are_spelled_as_people_write_them():
    assert spelled(nn.Conv2d(1, 16, 5, padding=2)) == "nn.Conv2d(1, 16, kernel_size=5, padding=2)"
    assert spelled(nn.Conv2d(3, 6, (3, 5), bias=False)) == "nn.Conv2d(3, 6, kernel_size=(3, 5), bias=False)"
    assert spelled(nn.MaxPool2d(2, 2)) == "nn.MaxPool2d(2)"
    assert spelled(nn.MaxPool2d(3, 2)) == "nn.MaxPool2d(3, stride=2)"
    assert spelled(nn.LeakyReLU(0.1)) == "nn.LeakyReLU(negative_slope=0.1)"
    assert spelled(nn.BatchNorm1d(8)) == "nn.BatchNorm1d(8)" and spelled(nn.Flatten()) == "nn.Flatten()"
    assert class_name("simple-cnn") == "SimpleCNN" and class_name("lenet-5") == "LeNet5"


def test_what_keeps_no_arguments_is_refused():
    with pytest.raises(CnnlabError, match="The layer Branched cannot be written"):
        spelled(Branched())
    with pytest.raises(CnnlabError, match="The network ensemble cannot be written"):
        network_source("ensemble", {}, (1, 28, 28), 10)
