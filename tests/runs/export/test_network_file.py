"""Networks for other tools: they answer the test images as torch does, and say what they take."""

from __future__ import annotations

import io
import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from benchmarks.support.light_networks import LIGHT
from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.runs.export import own_process
from cnnlab.runs.export.network_file import METADATA, export_network, onnx_bytes, pt2_bytes
from cnnlab.training.config import TrainConfig
from tests.support.small_networks import randomised

CLASSES = tuple("0123456789")
QUICK = ("polyphase-cnn",)


def untrained(name: str) -> store.Checkpoint:
    config = TrainConfig(network=name, options=LIGHT.get(name, {}))
    model = randomised(models.build(name, options=config.options)).eval().requires_grad_(False)
    return store.Checkpoint(name, 0, model, config, CLASSES, (1, 28, 28), name)


@pytest.fixture(scope="module")
def images(mnist):
    return mnist[1].images[:50]


@pytest.mark.parametrize(
    "name", [pytest.param(s.name, marks=[pytest.mark.slow] * (s.name not in QUICK)) for s in models.specs()]
)
def test_every_network_answers_in_onnx_as_in_torch(name, images):
    checkpoint = untrained(name)
    session = onnxruntime.InferenceSession(onnx_bytes(checkpoint))
    for some in (images, images[:1]):  # any number of images
        answers = session.run(["logits"], {"images": some.numpy()})[0]
        assert answers == pytest.approx(models.logits_of(checkpoint.model, some).numpy(), abs=1e-4, rel=1e-4)


@pytest.mark.slow
def test_an_ensemble_answers_in_onnx_too(images):
    members = [{"run": "", "network": "lenet-5"}, {"run": "", "network": "digit-net"}]
    for rule in ("mean", "vote"):
        config = TrainConfig(network="ensemble", options={"members": members, "rule": rule})
        model = models.build("ensemble", options=config.options).eval().requires_grad_(False)
        session = onnxruntime.InferenceSession(
            onnx_bytes(store.Checkpoint("both", 0, model, config, CLASSES, (1, 28, 28), ""))
        )
        answers = session.run(["logits"], {"images": images.numpy()})[0]
        assert answers == pytest.approx(models.logits_of(model, images).numpy(), abs=1e-4)


def test_a_pt2_file_answers_and_has_the_runs_own_weights(images):
    checkpoint = untrained("draw-net")
    told = {METADATA: ""}
    program = torch.export.load(io.BytesIO(pt2_bytes(checkpoint)), extra_files=told)
    x = images.float() / 255
    torch.testing.assert_close(program.module()(x), checkpoint.model(x), atol=1e-5, rtol=1e-5)
    ours = checkpoint.model.state_dict()
    assert all(torch.equal(program.state_dict[name], ours[name]) for name in ours)
    assert json.loads(json.loads(told[METADATA])["classes"]) == list(CLASSES)


def test_a_file_says_what_it_takes_and_nothing_of_this_machine(images):
    content = onnx_bytes(untrained("lenet-5"))
    model = onnx.load_from_string(content)
    onnx.checker.check_model(model)
    said = {each.key: each.value for each in model.metadata_props}
    assert json.loads(said["classes"]) == list(CLASSES) and said["run"] == "lenet-5"
    assert "images [N, 1, 28, 28], uint8, 0 to 255" in said["preparation"]
    assert [each.name for each in model.graph.input] == ["images"]
    assert b"site-packages" not in content and b"/cnnlab/" not in content
    assert b"site-packages" not in pt2_bytes(untrained("lenet-5"))


def test_the_ending_must_fit(tmp_path):
    with pytest.raises(CnnlabError, match=r"x\.zip does not end in \.onnx"):
        export_network(untrained("lenet-5"), "onnx", tmp_path / "x.zip")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_a_process_of_its_own_writes_the_same_network(trained, images):
    run = store.open_run(trained[0] / "small")
    session = onnxruntime.InferenceSession(own_process.exported(run, 2, "onnx"))
    wanted = models.logits_of(store.load(run, 2).model, images).numpy()
    assert np.abs(session.run(["logits"], {"images": images.numpy()})[0] - wanted).max() < 1e-4
    with pytest.raises(CnnlabError, match="small has no epoch '9'"):
        own_process.exported(run, 9, "pt2")
