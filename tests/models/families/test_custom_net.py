"""Custom networks keep the names of their layers, or the weights of runs already on disk would find no place."""

from __future__ import annotations

import json

import pytest
import torch

from cnnlab import models
from cnnlab.models import custom_store
from cnnlab.models.build import layer_specs
from cnnlab.models.build.common_options import ACTIVATIONS
from cnnlab.models.build.templates import TEMPLATES
from cnnlab.training.config import TrainConfig

LEAKY = {"kind": "activation", "function": "leaky relu"}  # as lists were written before it was called leaky-relu
LISTS = {
    **TEMPLATES,
    "all kinds": [
        *({"kind": "conv"}, {"kind": "batch-norm"}, {"kind": "activation"}, LEAKY),
        *({"kind": "activation", "function": name} for name in ("gelu", "tanh", "sigmoid")),
        *(LEAKY, {"kind": "avg-pool"}, {"kind": "max-pool"}, {"kind": "dropout"}),
        *({"kind": "conv", "padding": 0, "stride": 2}, {"kind": "global-average-pool"}, {"kind": "linear", "units": 7}),
        *({"kind": "batch-norm"}, {"kind": "activation"}, {"kind": "linear"}, {"kind": "dropout", "p": 0.5}),
    ],
    "maps at the end": [{"kind": "conv"}],
    "no map": [{"kind": "flatten"}, {"kind": "batch-norm"}, {"kind": "linear"}, LEAKY],
}
LAYERS = {  # recorded from the code that made the modules by itself: names as they stand in files of weights
    "Two convolutions": "conv1 relu1 pool1 conv2 bn1 relu2 pool2 flatten1 fc1 relu3 dropout1 fc2",
    "SimpleCNN (A0)": "conv1 relu1 pool1 conv2 relu2 pool2 flatten1 fc1 relu3 dropout1 fc2",
    "LeNet-5": "conv1 tanh1 pool1 conv2 tanh2 pool2 flatten1 fc1 tanh3 fc2 tanh4 fc3",
    "A small VGG": "conv1 relu1 conv2 relu2 pool1 conv3 relu3 conv4 relu4 pool2 flatten1 fc1 relu5 fc2",
    "Global average pooling": "conv1 bn1 relu1 pool1 conv2 bn2 relu2 pool2 conv3 bn3 relu3 mean1 flatten1 fc1",
    "No layer at all": "flatten1 fc1",
    "all kinds": (
        "conv1 bn1 relu1 leaky_relu1 gelu1 tanh1 sigmoid1 leaky_relu2 pool1 pool2 dropout1 conv2 mean1 flatten1 fc1 "
        "bn2 relu2 fc2 dropout2 fc3"
    ),
    "maps at the end": "conv1 flatten1 fc1",
    "no map": "flatten1 bn1 fc1 leaky_relu1 fc2",
}
WEIGHTS = ("weight", "bias")
KEYS = {
    "conv": WEIGHTS,
    "fc": WEIGHTS,
    "bn": (*WEIGHTS, "running_mean", "running_var", "num_batches_tracked"),
    "normalize": ("mean", "std"),
}


@pytest.mark.parametrize("name", LISTS)
def test_names_of_layers_and_weights_are_those_of_older_runs(name):
    network = models.build("custom", options={"layers": LISTS[name]})
    expected = ["normalize", *LAYERS[name].split()]
    assert [layer for layer, _ in network.named_children()] == expected
    keys = [f"{layer}.{key}" for layer in expected for key in KEYS.get(layer.rstrip("0123456789"), ())]
    assert list(network.state_dict()) == keys


def test_a_run_that_says_leaky_relu_is_the_one_that_says_leaky_hyphen_relu():
    old = {"network": "custom", "options": {"layers": LISTS["no map"]}}
    config = TrainConfig.from_dict(json.loads(json.dumps(old)))
    assert [layer.get("function") for layer in config.options["layers"]] == [None, None, None, "leaky-relu"]
    network = models.build(config.network, options=config.options)
    assert network.leaky_relu1(torch.tensor([-2.0, 3.0])).tolist() == pytest.approx([-0.2, 3.0])
    assert TrainConfig.from_dict(config.as_dict()) == config


def test_a_saved_network_that_says_leaky_relu_is_read_and_recognised(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_NETWORKS", str(tmp_path))
    (tmp_path / "old.json").write_text(json.dumps({"schema": 1, "layers": LISTS["no map"]}))
    known, problems = custom_store.choices()
    assert known[-1].name == "old" and not problems
    assert known[-1].options["layers"][3] == {"kind": "activation", "function": "leaky-relu"}
    assert custom_store.name_of("custom", TrainConfig(network="custom", options=known[-1].options).options) == "old"


def test_lists_of_layers_know_the_activations_of_all_networks():
    assert tuple(ACTIVATIONS) == layer_specs.FUNCTIONS
    listed = [{"kind": "activation", "function": name} for name in ACTIVATIONS]
    network = models.build("custom", options={"layers": listed})
    made = [module for name, module in network.named_children() if name.removesuffix("1") not in ("flatten", "fc")][1:]
    assert [repr(module) for module in made] == [repr(make()) for make in ACTIVATIONS.values()]
