"""What an evaluation sees of a network, against numpy and forward passes written out."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from torch import nn

from cnnlab import models
from cnnlab.training.observation import observe
from cnnlab.training.trainer import LOOKED_AT, Trainer


@pytest.fixture
def sample(small):
    return small.validation.part(0, 250)  # three batches, the last incomplete


def network(name="simple-cnn", **options):
    return models.build(name, seed=1, options=options).train()


def test_loss_confidence_and_the_favourite_are_those_of_a_plain_pass(sample):
    model = network()
    seen = observe(model, sample, validates=True)
    with torch.no_grad():
        logits = copy.deepcopy(model).eval()(sample.images.float() / 255).double().numpy()
    probabilities = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    labels = sample.labels.numpy()
    counts = np.bincount(logits.argmax(1), minlength=10)
    assert seen.loss == pytest.approx(-np.log(probabilities[np.arange(250), labels]).mean(), rel=1e-5)
    assert seen.accuracy == (logits.argmax(1) == labels).mean()
    assert seen.confidence == pytest.approx(probabilities.max(1).mean(), rel=1e-5)
    assert (seen.favourite, seen.favourite_share) == (counts.argmax(), pytest.approx(counts.max() / 250))


def test_the_score_is_to_the_last_bit_that_of_models_score(sample):
    model = network()
    assert observe(model, sample, validates=True).loss == models.score(model, sample).loss


def test_dead_channels_are_those_that_are_zero_for_every_image(sample):
    model = network()
    with torch.no_grad():
        model.conv1.bias[3:7] = -100.0
        model.fc1.bias[:32] = -1000.0
    seen = observe(model, sample, validates=True)
    with torch.no_grad():
        maps = torch.relu(model.conv1(sample.images.float() / 255))
        first = 1 - (maps > 0).any(3).any(2).any(0).float().mean().item()
        numbers = model.pool2(torch.relu(model.conv2(model.pool1(maps)))).flatten(1)
        last = 1 - (torch.relu(model.fc1(numbers)) > 0).any(0).float().mean().item()
    assert first >= 4 / 16 and last >= 0.25
    assert seen.dead["conv1"] == pytest.approx(first, abs=1e-4) and seen.dead["fc1"] == pytest.approx(last, abs=1e-4)


def test_residual_networks_name_the_layer_before_each_relu(sample):
    model = network("residual-net")
    block = next(module for module in model.modules() if hasattr(module, "relu_out"))
    with torch.no_grad():
        block.bn1.weight.zero_()
        block.bn1.bias.fill_(-1)
    name = next(name for name, module in model.named_modules() if module is block.conv1)
    assert observe(model, sample, validates=True).dead == {name: 1.0}


def test_layers_whose_channels_are_all_the_same(sample):
    model = network()
    assert observe(model, sample, validates=True).alike == ()
    with torch.no_grad():
        model.conv2.weight[:] = model.conv2.weight[:1].clone()
        model.fc1.weight[-1] = model.fc1.weight[0]  # two alike among others
    assert observe(model, sample, validates=True).alike == ("conv2",)


@pytest.mark.parametrize(
    ("activation", "pooling", "expected"),
    [("", "avg-pool", True), ("relu", "avg-pool", False), ("tanh", "avg-pool", False), ("", "max-pool", False)],
)
def test_a_network_without_bends_is_affine(sample, activation, pooling, expected):
    bend = [{"kind": "activation", "function": activation}] if activation else []
    layers = [{"kind": "conv"}, *bend, {"kind": pooling}, {"kind": "flatten"}, {"kind": "linear", "units": 20}]
    assert observe(network("custom", layers=layers), sample, validates=True).affine is expected


def test_a_network_that_says_the_same_of_every_image_is_not_called_affine(sample):
    model = network()
    with torch.no_grad():
        model.fc2.weight.zero_()
    assert not observe(model, sample, validates=True).affine


def test_nothing_of_the_network_is_changed(sample):
    model = network("bn-cnn")
    before, state = copy.deepcopy(model.state_dict()), torch.get_rng_state()
    observe(model, sample, validates=True)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert model.training and torch.equal(torch.get_rng_state(), state)
    hooked = [module for module in model.modules() if module._forward_hooks or module._forward_pre_hooks]
    assert not hooked, "steps would pay for hooks that are left"


def test_hooks_are_taken_off_when_the_pass_is_given_up(sample):
    model = network()
    model.fc2.register_forward_pre_hook(lambda *_: (_ for _ in ()).throw(KeyError))
    with pytest.raises(KeyError):
        observe(model, sample, validates=True)
    assert not [module for module in model.modules() if isinstance(module, nn.ReLU) and module._forward_hooks]


def test_a_loss_that_is_no_number_does_not_end_the_look(sample):
    model = network()
    with torch.no_grad():
        model.fc2.bias.fill_(float("nan"))
    assert observe(model, sample, validates=True).confidence == 0


def test_without_validation_few_training_images_are_looked_at(small, config):
    trainer = Trainer(config, small._replace(validation=None), torch.device("cpu"))
    seen = trainer.score_sample()
    assert seen.loss is None and seen.accuracy is None
    again = observe(trainer.model, small.train.part(0, LOOKED_AT), validates=True)
    assert (seen.confidence, seen.dead) == (again.confidence, again.dead)
