"""The average of weights against its formula in plain torch."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from cnnlab.training.methods.ema import WeightAverage
from cnnlab.training.trainer import Trainer

CPU = torch.device("cpu")


def expected(history: list[torch.Tensor], fraction: float) -> torch.Tensor:
    """The average by hand: the first is copied, each later one mixed in."""
    value = history[0].double()
    for step, present in enumerate(history[1:], 2):
        kept = min(fraction, (1 + step) / (10 + step))
        value = kept * value + (1 - kept) * present.double()
    return value


def test_the_average_is_what_its_formula_says(small, config):
    trainer = Trainer(config.replace(ema=0.6), small, CPU)
    seen = []
    for _ in range(12):
        trainer.step()
        seen.append(trainer.model.fc2.weight.detach().clone())
    torch.testing.assert_close(trainer.weights()["fc2.weight"].double(), expected(seen, 0.6), atol=1e-6, rtol=1e-5)


def test_batch_statistics_are_averaged_and_counters_copied():
    network = nn.Sequential(nn.BatchNorm1d(1))
    average = WeightAverage(network, 0.5)
    means = []
    for value in (2.0, 4.0, 6.0):
        network[0].running_mean.fill_(value)
        network[0].num_batches_tracked.add_(1)
        means.append(torch.tensor(value))
        average.advance()
        average.update(network)
    assert average.model[0].running_mean.item() == pytest.approx(expected(means, 0.5).item())
    assert average.model[0].num_batches_tracked.item() == 3


def test_what_is_measured_and_kept_is_the_averaged_network(small, config):
    trainer = Trainer(config.replace(ema=0.9, learning_rate=0.003), small, CPU)
    for _ in range(20):
        trainer.step()
    weights = trainer.weights()
    assert not torch.equal(weights["fc2.weight"], trainer.model.fc2.weight)
    twin = Trainer(config, small, CPU).model.eval()
    twin.load_state_dict(weights)
    with torch.no_grad():
        right = (twin(small.test.images.float() / 255).argmax(1) == small.test.labels).sum().item()
    assert trainer.score_test().accuracy == right / len(small.test)


def test_averaging_leaves_the_training_itself_alone(small, config):
    plain, averaged = Trainer(config, small, CPU), Trainer(config.replace(ema=0.99), small, CPU)
    for trainer in (plain, averaged):
        for _ in range(5):
            trainer.step()
        trainer.score_sample()
    assert plain.read_steps(True).losses == averaged.read_steps(True).losses
