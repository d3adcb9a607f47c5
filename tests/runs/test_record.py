"""run.json and the heads of weight files: what is let in, and what one sentence refuses."""

from __future__ import annotations

import json
import shutil

import pytest
import safetensors.torch
from safetensors import safe_open

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs import record, store
from cnnlab.runs.ensemble_runs import together
from cnnlab.training.config import TrainConfig


@pytest.fixture
def folder(trained, tmp_path):
    """A run that a test may damage."""
    shutil.copytree(trained[0] / "small", tmp_path / "small")
    return tmp_path / "small"


def changed(folder, **changes):
    """run.json with some of its entries changed; `path__to__entry` reaches inside."""
    said = json.loads((folder / "run.json").read_text())
    for name, value in changes.items():
        *path, last = name.split("__")
        place = said
        for part in path:
            place = place[int(part) if part.isdecimal() else part]
        if value is ...:
            del place[last]
        else:
            place[int(last) if last.isdecimal() else last] = value
    (folder / "run.json").write_text(json.dumps(said))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"created": 5}, "created is 5: it should be a valid datetime"),
        ({"created": "0001-01-01T00:00:00+23:00"}, "created .*between the years"),
        ({"image_shape": ...}, "image_shape is missing"),
        ({"image_shape": []}, "image_shape"),
        ({"image_shape": [1, 1400, 1400]}, "image_shape.* is 1400: it should be less than or equal to 256"),
        ({"image_shape": [2, 28, 28]}, "image_shape"),
        ({"classes": "0123456789"}, "classes"),
        ({"classes": [str(n) for n in range(300)]}, "classes"),
        ({"outcome__test_accuracy": "x"}, "outcome.test_accuracy is 'x'"),
        ({"outcome__test_accuracy": 1.5}, "outcome.test_accuracy is 1.5"),
        ({"outcome__seconds": float("nan")}, "outcome.seconds is nan"),
        ({"outcome__state": "asleep"}, "outcome.state is 'asleep'"),
        ({"epochs__1__seconds": float("inf")}, r"epochs\[1\].seconds is inf"),
        ({"epochs__1__epoch": -1}, r"epochs\[1\].epoch is -1"),
        ({"epochs__1__complete": "maybe"}, r"epochs\[1\].complete"),
        ({"losses": [["a", "b"]]}, "losses"),
        ({"losses": [[1, 2, 3]]}, "losses"),
        ({"evaluations__1__gradients": {"<img src=x>": 1.0}}, "the layer '<img src=x>', which its network does not"),
        ({"evaluations__1__gradients": {"conv1": "steep"}}, "gradients"),
        ({"evaluations__1__dead": {"<img src=x>": 1.0}}, "the layer '<img src=x>', which its network does not"),
        ({"evaluations__1__dead": {"conv1": 1.5}}, "dead.conv1 is 1.5"),
        ({"evaluations__1__alike": ["conv9"]}, "the layer 'conv9', which its network does not"),
        ({"evaluations__1__favourite": 10}, "evaluations name class 10, but there are 10 classes"),
        ({"evaluations__1__confidence": 1.2}, "confidence is 1.2"),
        ({"config__network": "resnet-9000"}, "network is 'resnet-9000'"),
        ({"config__epochs": 10**400}, "epochs is a number of hundreds of digits"),
        ({"config__options": [1]}, "options is"),
        ({"schema": 2}, "schema is 2"),
    ],
)
def test_a_wrong_record_is_one_sentence_that_names_the_entry(folder, changes, said):
    changed(folder, **changes)
    with pytest.raises(CnnlabError, match=f"run.json is damaged .*{said}") as caught:
        store.open_run(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[" * 100_000, '{"a":' * 10_000, "9" * 100_000, "\x00", '{"schema": 1}'])
def test_text_that_is_no_record_is_one_sentence(folder, text):
    (folder / "run.json").write_text(text)
    with pytest.raises(CnnlabError, match=r"run.json is damaged"):
        store.open_run(folder)


def test_a_record_too_large_is_not_even_read(folder, monkeypatch):
    monkeypatch.setattr(record, "LARGEST", 1_000)
    with pytest.raises(CnnlabError, match="at most 0 MB are read"):
        store.open_run(folder)


def test_a_run_that_ran_away_is_no_damaged_one(folder):
    changed(folder, losses=[[1, float("nan")]], epochs__1__train_loss=float("inf"))
    assert store.open_run(folder).results[1].train_loss == float("inf")


def rewritten(file, **metadata):
    with safe_open(file, "pt") as content:
        before = content.metadata()
    file.write_bytes(safetensors.torch.save(safetensors.torch.load_file(file), before | metadata))


@pytest.mark.parametrize(
    ("metadata", "said"),
    [
        ({"epoch": "-1"}, "epoch is -1"),
        ({"epoch": "1" + "0" * 30}, "epoch is"),
        ({"classes": '["a", "b"]'}, "the tensor '.*' is .*, its network's is"),
        ({"image_shape": "[1, 200, 200]"}, "the tensor .* its network's is"),
        ({"image_shape": "[1, 4, 4]"}, "the tensor .* its network's is"),
        ({"image_shape": "]"}, "invalid JSON"),
        ({"config": "null"}, "config"),
        ({"config": '{"network": "vgg-16"}'}, "the tensor .* is"),
    ],
)
def test_a_weight_file_that_is_no_networks_is_refused_before_it_is_built(folder, monkeypatch, metadata, said):
    file = folder / "epoch-002.safetensors"
    rewritten(file, **metadata)
    monkeypatch.setattr(models, "build", lambda *_, **__: pytest.fail("a network was built"))
    for reading in (store.load_file, store.read_head):
        with pytest.raises(CnnlabError, match=f"epoch-002.safetensors is damaged or no cnnlab checkpoint .*{said}"):
            reading(file)


@pytest.mark.parametrize("name", [spec.name for spec in models.specs()])
def test_the_outline_has_the_tensors_of_every_network(name):
    options = LIGHT.get(name, {})
    shape, classes = models.spec(name).made_for
    said = record.Identity(TrainConfig(network=name, options=options), tuple(map(str, range(classes))), shape)
    built = models.build(name, models.ImageSpec(shape, classes).raw, options=options).state_dict()
    assert dict(record.shapes(said)) == {key: tuple(value.shape) for key, value in built.items()}


def test_the_outline_has_the_tensors_of_an_ensemble(trained):
    member = store.load(*store.find_run("small", trained[0]))
    config = together([member, member], "mean")
    expected = {f"members.{n}.{key}" for n in (0, 1) for key in member.model.state_dict()}
    assert set(record.shapes(record.Identity(config, member.classes, member.image_shape))) == expected
