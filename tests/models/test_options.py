"""Options of networks: declared, checked, kept in the config, and used wherever a run is built."""

from __future__ import annotations

import json

import pytest
import torch

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.models.options import Checked, Flag, Number, Options, Whole, Wholes, Word
from cnnlab.runs import store
from cnnlab.runs.store import RunWriter
from cnnlab.training.config import TrainConfig
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.trainer import Trainer

KINDS = [
    Number("n", 0.5, "", 0, 0.9),
    Whole("w", 3, "", 1, 8),
    Wholes("ws", (1, 2), "", 1, 8, 1, 3),
    Word("word", "a", "", ("a", "b")),
    Flag("flag", False, ""),
    Checked("free", (), "", "a list", lambda value: value if isinstance(value, list) else int("no")),
]


@pytest.mark.parametrize(
    ("name", "value", "parsed"),
    [
        ("n", "0.25", 0.25),
        ("n", 0, 0.0),
        ("w", "8", 8),
        ("w", 4.0, 4),
        ("ws", "1,2, 3", (1, 2, 3)),
        ("ws", [8], (8,)),
        ("word", "b", "b"),
        ("flag", "true", True),
        ("flag", False, False),
        ("free", '[{"kind": "conv"}]', [{"kind": "conv"}]),
    ],
)
def test_values_and_text_are_understood(name, value, parsed):
    assert {kind.name: kind for kind in KINDS}[name].parse(value) == parsed


@pytest.mark.parametrize(
    ("name", "value"),
    [("n", 1), ("n", float("nan")), ("n", True), ("n", "much"), ("n", None), ("w", 2.5), ("w", 9), ("w", "x")]
    + [("ws", ""), ("ws", "1,2,3,4"), ("ws", [0]), ("ws", 3), ("word", "c"), ("word", []), ("flag", "maybe")]
    + [("flag", 1), ("free", 3)],
)
def test_what_is_not_allowed_is_refused(name, value):
    with pytest.raises((TypeError, ValueError)):
        {kind.name: kind for kind in KINDS}[name].parse(value)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            {"depth": 3},
            "simple-cnn has no option 'depth': choose one of channels, hidden, dropout, activation, pooling.",
        ),
        (
            {"channels": [8]},
            "Option channels of simple-cnn is [8]: it must be 2 whole numbers from 1 to 512, separated by commas.",
        ),
        ({"dropout": 2}, "Option dropout of simple-cnn is 2: it must be a number from 0 to 0.95."),
        ({"hidden": "many"}, "Option hidden of simple-cnn is 'many': it must be a whole number from 1 to 4096."),
    ],
)
def test_a_wrong_option_is_one_sentence(options, sentence):
    for make in (lambda: models.build("simple-cnn", options=options), lambda: TrainConfig(options=options)):
        with pytest.raises(CnnlabError) as caught:
            make()
        assert str(caught.value) == sentence


def test_a_network_without_options_says_so():
    with pytest.raises(CnnlabError, match="draw-net has no option 'depth': it has no options"):
        TrainConfig(network="draw-net", options={"depth": 1})
    with pytest.raises(CnnlabError, match="options is 3"):
        TrainConfig(options=3)


def test_options_are_immutable_and_compare_by_value():
    given = {"channels": [8, 16], "layers": [{"kind": "conv", "sizes": [3, 3]}]}
    options = Options(given)
    assert options == given and hash(options) == hash(Options(given)) and options.plain() == given
    assert options["channels"] == (8, 16) and options.text == Options(json.loads(options.text)).text
    given["channels"].append(5)
    options.plain()["layers"][0]["kind"] = "pool"
    assert options.plain() == {"channels": [8, 16], "layers": [{"kind": "conv", "sizes": [3, 3]}]}


def test_the_config_carries_them_through_json_and_single_changes():
    config = TrainConfig(options={"channels": "8,16"})
    assert TrainConfig.from_dict(json.loads(json.dumps(config.as_dict()))) == config
    changed = config.replace(**{"options.dropout": "0.5", "epochs": "2"})
    assert changed.options == {"channels": (8, 16), "dropout": 0.5} and changed.epochs == 2
    assert config.options == {"channels": (8, 16)} and hash(config) != hash(changed)
    assert changed.replace(network="draw-net").options == {}
    assert TrainConfig.from_dict({"network": "simple-cnn"}).options == {}, "as runs were written before"


def test_a_run_with_options_is_rebuilt_from_disk(small, tmp_path):
    config = TrainConfig(options={"channels": [3, 5], "hidden": 7}, epochs=1, batch_size=500, device="cpu")
    writer = RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), writer)
    loop.begin()
    run = store.open_run(tmp_path / writer.name)
    loaded = store.load(run, 0)
    assert run.config.options == loaded.config.options == {"channels": (3, 5), "hidden": 7}
    assert loaded.model.conv2.weight.shape == (5, 3, 5, 5)
    assert torch.equal(loaded.model.fc1.weight, loop.trainer.model.fc1.weight)


def test_an_outline_counts_without_values():
    outline = models.outline("simple-cnn", options={"channels": (4, 8)})
    assert {value.device.type for value in outline.parameters()} == {"meta"}
    built = models.build("simple-cnn", options={"channels": (4, 8)})
    assert models.parameter_count(outline) == models.parameter_count(built)


@pytest.mark.parametrize("name", ["a0-simple-cnn", "draw"])
def test_the_shipped_runs_still_start_from_the_weights_of_their_seed(name):
    run, _ = store.find_run(name)
    untrained = store.load(run, 0).model
    again = models.build(run.config.network, seed=run.config.seed, options=run.config.options)
    for (key, kept), made in zip(untrained.named_parameters(), again.parameters(), strict=True):
        assert torch.equal(kept, made), key
