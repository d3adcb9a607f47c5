"""Gradient norms against autograd, and the sentences about them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab.training.gradients import gradient_norms, summary, troubled
from cnnlab.training.trainer import Trainer
from tests.training.test_loop import run


def test_norms_are_those_of_the_last_steps_gradients(small, config):
    """Worked out anew from the batch's loss, with numpy's norm over a layer's weights and biases."""
    trainer = Trainer(config, small, torch.device("cpu"))
    trainer.model.dropout.p = 0
    assert trainer.gradient_norms() == {}
    batch = trainer._next_batch()
    loss = F.cross_entropy(trainer.model(small.train.images[batch].float() / 255), small.train.labels[batch])
    names, parameters = zip(*trainer.model.named_parameters(), strict=True)
    gradients = dict(zip(names, torch.autograd.grad(loss, parameters), strict=True))
    trainer.step()
    norms = trainer.gradient_norms()
    assert list(norms) == ["conv1", "conv2", "fc1", "fc2"]
    for layer, norm in norms.items():
        both = np.concatenate([gradients[f"{layer}.{part}"].numpy().ravel() for part in ("weight", "bias")])
        assert norm == pytest.approx(float(np.linalg.norm(both)), rel=1e-4)


def test_every_evaluation_has_them_but_the_untrained(small, config):
    loop, _, _ = run(config.replace(epochs=1), small)
    found = [each.gradients for each in loop.history.evaluations]
    assert found[0] == {} and all(len(each) == 4 for each in found[1:])


def test_frozen_layers_have_none(small, config):
    trainer = Trainer(config.replace(freeze="conv1,conv2"), small, torch.device("cpu"))
    trainer.step()
    assert list(trainer.gradient_norms()) == ["fc1", "fc2"]


def test_a_deep_network_of_sigmoids_is_told_to_vanish():
    torch.manual_seed(0)
    deep = nn.Sequential(*[layer for _ in range(12) for layer in (nn.Linear(20, 20), nn.Sigmoid())])
    deep(torch.rand(30, 20)).square().sum().backward()
    assert "vanish: 0's is" in troubled(gradient_norms(deep)) and "than 22's" in troubled(gradient_norms(deep))


@pytest.mark.parametrize(
    ("norms", "said"),
    [
        ({"a": 0.001, "b": 0.5}, "vanish: a's is 0.001 long, 500 times shorter than b's (0.5), so a hardly learns."),
        ({"a": 1.0, "b": 250.0}, "explode: b's is 250 long."),
        ({"a": 0.0, "b": 0.5}, "No gradient reaches a"),
        ({"a": 0.0, "b": 0.0}, "No gradient is left"),
    ],
)
def test_the_sentence_says_what_is_wrong(norms, said):
    assert said in troubled(norms) and summary(norms) == troubled(norms)


def test_nothing_is_said_of_healthy_gradients():
    assert troubled({"a": 0.2, "b": 0.1}) is None and troubled({}) is None
    assert summary({"a": 0.2, "b": 0.1}) == ("Every layer gets its share: from 0.1 (b) to 0.2 (a), 2.0 times as much.")
