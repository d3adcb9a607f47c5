"""Faults in a network's first state: zeros, and pixels from 0 to 255, whatever the network's normalisation was."""

from __future__ import annotations

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.training.methods.spoiled_start import raw_pixels
from cnnlab.training.trainer import Trainer
from tests.support.prepared import trained_to_the_end

CPU = torch.device("cpu")


@pytest.mark.parametrize("network", ["simple-cnn", "bn-cnn"])
def test_zero_weights_and_biases(config, small, network):
    trainer = Trainer(config.replace(network=network, weights="zero"), small, CPU)
    assert all(not parameter.any() for parameter in trainer.model.parameters())
    trainer.step()
    assert trainer.read_steps(force=True).losses == pytest.approx([torch.tensor(10.0).log().item()])


def test_only_the_last_bias_of_a_network_of_zeros_learns(config, small):
    trainer = Trainer(config.replace(weights="zero"), small, CPU)
    for _ in range(5):
        trainer.step()
    moved = {name for name, value in trainer.model.named_parameters() if value.any()}
    assert moved == {"fc2.bias"}


@pytest.mark.parametrize("network", ["simple-cnn", "bn-cnn", "alexnet"])  # no, its own, and one behind an adapter
def test_raw_pixels_reach_the_first_convolution(config, small, network):
    options = {"size": 64} if network == "alexnet" else {}
    model = Trainer(config.replace(network=network, options=options, pixels="raw-255"), small, CPU).model
    seen = []
    first = next(module for module in model.modules() if isinstance(module, nn.Conv2d))
    first.register_forward_pre_hook(lambda _, given: seen.append(given[0]))
    models.logits_of(model, small.test.images[:3])
    stored = small.test.images[:3].float()
    expected = F.interpolate(stored, (64, 64), mode="bilinear").expand(-1, 3, -1, -1) if options else stored
    torch.testing.assert_close(seen[0], expected, rtol=1e-4, atol=1e-2)


def test_the_checkpoint_knows_that_its_pixels_are_raw(config, small, tmp_path):
    loop = trained_to_the_end(config.replace(epochs=1, batch_size=500, pixels="raw-255"), small, tmp_path)
    read = store.load(store.open_run(loop.recorder.path), 1).model
    assert read.normalize.std.item() == pytest.approx(1 / 255) and read.normalize.mean.item() == 0
    images = small.test.images[:4]
    torch.testing.assert_close(models.logits_of(read, images), models.logits_of(loop.trainer.model, images))


def test_a_network_without_normalisation_refuses_raw_pixels():
    with pytest.raises(CnnlabError, match="pixels is 'raw-255', but plain has no layer that normalises them: choose"):
        raw_pixels(nn.Sequential(nn.Flatten(), nn.Linear(4, 2)), "plain")
