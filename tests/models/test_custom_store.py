"""Custom networks: lists of layers against torch, their sentences, their files, and runs that need no file."""

from __future__ import annotations

import json

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from cnnlab import models
from cnnlab.cli import commands
from cnnlab.errors import CnnlabError
from cnnlab.inspection.kernel_weights import convolutions
from cnnlab.models import custom_store
from cnnlab.models.build import layer_specs
from cnnlab.models.build.templates import TEMPLATES
from cnnlab.runs import launch, store
from cnnlab.runs.store import RunWriter
from cnnlab.training.config import TrainConfig
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.trainer import Trainer

DIGIT = (1, 28, 28)
TINY = [{"kind": "conv", "channels": 3, "kernel": 7, "stride": 4, "padding": 0}, {"kind": "activation"}]
FEW = st.integers(1, 4)
LAYERS = st.one_of(
    st.fixed_dictionaries(
        {
            "kind": st.just("conv"),
            "channels": FEW,
            "kernel": st.integers(1, 9),
            "stride": FEW,
            "padding": st.integers(0, 3),
        }
    ),
    st.fixed_dictionaries({"kind": st.sampled_from(["max-pool", "avg-pool"]), "kernel": FEW, "stride": FEW}),
    st.fixed_dictionaries({"kind": st.just("linear"), "units": FEW}),
    st.fixed_dictionaries({"kind": st.just("activation"), "function": st.sampled_from(layer_specs.FUNCTIONS)}),
    st.sampled_from([{"kind": kind} for kind in ("batch-norm", "dropout", "flatten", "global-average-pool")]),
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Own networks are kept here."""
    monkeypatch.setenv("CNNLAB_NETWORKS", str(tmp_path / "networks"))
    return tmp_path / "networks"


@settings(max_examples=60, deadline=None)
@given(st.lists(LAYERS, max_size=7), st.sampled_from([DIGIT, (3, 32, 32), (1, 12, 20)]))
def test_shapes_are_what_torch_makes_of_the_layers_one_by_one(listed, shape):
    listed = layer_specs.checked(listed)
    shapes, problem = layer_specs.fit(listed, shape)
    assert (problem is None) == (len(shapes) == len(listed))
    network = models.build("custom", models.ImageSpec(shape), options={"layers": listed[: len(shapes)]}).eval()
    x, seen = torch.zeros(2, *shape), []
    for name, module in network.named_children():
        x = module(x)
        if not name.startswith("mean"):  # global average pooling ends with its flatten
            seen.append(tuple(x.shape[1:]))
    assert seen[1 : 1 + len(shapes)] == shapes
    assert seen[-1] == (10,)
    if problem:
        assert problem.startswith(f"Layer {len(shapes) + 1} (")
        with pytest.raises(CnnlabError) as caught:
            models.build("custom", models.ImageSpec(shape), options={"layers": listed})
        assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("listed", "sentence"),
    [
        (
            [{"kind": "max-pool", "kernel": 8, "stride": 8}, {"kind": "conv", "kernel": 7}],
            "Layer 2 (convolution 7×7) does not fit: layer 1 (max pooling 8×8) gives maps of only 3×3 pixels (5 with "
            "padding): choose a kernel smaller than 7 or pool less before it.",
        ),
        (
            [{"kind": "flatten"}, {"kind": "max-pool"}],
            "Layer 2 (max pooling 2×2) needs maps, but layer 1 (flatten) gives a row of 784 numbers: move it up or "
            "remove it.",
        ),
        (
            [{"kind": "linear"}],
            "Layer 1 (linear 128) needs a row of numbers, but the image gives 1×28×28: put flatten or global average "
            "pooling first.",
        ),
        (
            [{"kind": "conv", "channels": 1024, "padding": 1}, {"kind": "flatten"}, {"kind": "linear", "units": 100}],
            "With layer 3 (linear 100) the network has 80 million weights: make it smaller or pool more before it, so "
            "that there are at most 50 million.",
        ),
        ([{"kind": "dense"}], "Layer 1 is of kind 'dense': choose one of conv, batch-norm, activation, max-pool, "),
        (
            [{"kind": "conv", "size": 3}],
            "Layer 1 (convolution) has no 'size': it has channels, kernel, stride, padding.",
        ),
        ([{"kind": "flatten", "size": 3}], "Layer 1 (flatten) has no 'size': nothing can be chosen about it."),
        (
            [{"kind": "dropout", "p": 1}],
            "Layer 1 (dropout): p is 1, it must be a number from 0 to 0.95.",
        ),
        ([{"kind": "flatten"}] * 41, "The network has 41 layers: it may have at most 40."),
        ("conv", "Option layers of custom is 'conv': it must be a list of layers."),
    ],
)
def test_what_does_not_fit_is_one_sentence_that_names_the_layer(listed, sentence):
    with pytest.raises(CnnlabError) as caught:
        models.build("custom", options={"layers": listed})
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("name", TEMPLATES)
def test_templates_fit_digits(name):
    assert layer_specs.fit(layer_specs.checked(TEMPLATES[name]), DIGIT)[1] is None


def test_templates_of_known_networks_have_their_parameters():
    for name, parameters in (("SimpleCNN (A0)", 215_370), ("LeNet-5", 44_426)):
        network = models.outline("custom", options={"layers": TEMPLATES[name]})
        assert models.parameter_count(network) == parameters


def test_a_network_is_saved_listed_replaced_and_deleted(folder):
    assert custom_store.CUSTOM not in [each.name for each in custom_store.choices()[0]]
    saved = custom_store.save("my-net", TINY)
    assert custom_store.choice("my-net") == saved and custom_store.choices()[0][-1] == saved
    assert custom_store.load("my-net") == layer_specs.checked(TINY)
    assert custom_store.name_of(saved.network, TrainConfig(network="custom", options=saved.options).options) == "my-net"
    custom_store.save("my-net", TINY[:1])
    assert len(custom_store.load("my-net")) == 1 and [file.name for file in folder.iterdir()] == ["my-net.json"]
    custom_store.delete("my-net")
    with pytest.raises(CnnlabError, match="'my-net': choose one of simple-cnn"):
        custom_store.choice("my-net")


@pytest.mark.parametrize("name", ["", "My Net", "../x", "a" * 31, "-x"])
def test_a_name_that_is_no_name_is_refused(name, folder):
    with pytest.raises(CnnlabError, match="use 1 to 30 small letters"):
        custom_store.save(name, TINY)
    with pytest.raises(CnnlabError, match="use 1 to 30 small letters"):
        custom_store.load(name)
    with pytest.raises(CnnlabError, match="belongs to a network of cnnlab"):
        custom_store.save("lenet-5", TINY)
    assert not folder.exists()


@pytest.mark.parametrize("content", ["{", '{"schema": 9, "layers": []}', '{"schema": 1}', '{"schema": 1, "layers": 3}'])
def test_a_damaged_file_is_named_and_left_out(folder, content):
    custom_store.save("good", TINY)
    (folder / "bad.json").write_text(content)
    known, problems = custom_store.choices()
    assert known[-1].name == "good" and len(problems) == 1 and "bad.json" in problems[0]


def test_a_run_needs_no_file_of_its_network(small, folder, tmp_path):
    chosen = custom_store.save("my-net", TINY)
    config = TrainConfig(network=chosen.network, options=chosen.options, epochs=1, batch_size=500, device="cpu")
    assert TrainConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config
    writer = RunWriter(tmp_path, config, small.train.classes, DIGIT, launch.run_name(config))
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), writer)
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    loop.finish(stopped=False)
    assert writer.name == "my-net"
    custom_store.save("my-net", [{"kind": "flatten"}])
    custom_store.delete("my-net")
    loaded = store.load(store.open_run(tmp_path / "my-net"), 1)
    assert list(convolutions(loaded.model)) == ["conv1"] and loaded.config.options == config.options
    expected = loop.trainer.model.eval()(small.test.images[:8] / 255)
    torch.testing.assert_close(loaded.model(small.test.images[:8] / 255), expected, rtol=1e-4, atol=1e-5)


def test_runs_are_called_after_a_network_that_is_not_the_recipes():
    assert launch.run_name(TrainConfig(recipe="a0-simple-cnn")) == "a0-simple-cnn"
    assert launch.run_name(TrainConfig(recipe="a0-simple-cnn", network="lenet-5")) == "lenet-5"
    unsaved = TrainConfig(recipe="a0-simple-cnn", network="custom")
    assert launch.run_name(unsaved) == "custom"
    custom_store.save("mine", unsaved.options.get("layers", models.spec("custom").options[0].default))
    chosen = custom_store.choice("mine")
    assert launch.run_name(unsaved.replace(options=chosen.options)) == "mine"


def test_the_command_line_trains_and_lists_them(tmp_path, capsys, small, monkeypatch):
    custom_store.save("my-net", TINY)
    monkeypatch.setattr(launch.datasets, "load", lambda *_: (small.train, small.test))
    monkeypatch.setattr(launch, "split", lambda *_: small)
    command = ["train", "--recipe", "a0-simple-cnn", "--network", "my-net", "--epochs", "1", "--out", str(tmp_path)]
    assert commands.main([*command, "--device", "cpu"]) == 0
    result = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert result["run"] == "my-net-epochs-1" and result["parameters"] == 3 * 49 + 3 + 3 * 36 * 10 + 10
    assert commands.main(["models", "--json"]) == 0
    listed = {row["network"]: row for row in json.loads(capsys.readouterr().out)}
    assert listed["my-net"]["parameters"] == result["parameters"] and listed["vgg-16"]["parameters"] > 1e8
    assert commands.main([*command[:3], "--network", "nothing"]) == 1
    assert "network is 'nothing': choose one of" in capsys.readouterr().err
