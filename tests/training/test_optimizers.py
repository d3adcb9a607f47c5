"""Optimisers against their formulas, and the shipped run against what its settings give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import torch

from cnnlab.common.threads import at_most
from cnnlab.data.splits import split
from cnnlab.training.config import TrainConfig
from cnnlab.training.optimizers import OptimizerSettings, make_optimizer
from cnnlab.training.trainer import Trainer

RECORD = Path(__file__).parents[2] / "checkpoints" / "a0-simple-cnn" / "run.json"


def by_hand(values, gradients, rule):
    """`values` moved by each gradient in turn; rule(value, gradient, memory) returns the new value."""
    memory = {}
    for gradient in gradients:
        values = rule(values, gradient, memory)
    return values


def sgd(rate, momentum, decay, nesterov):
    def rule(value, gradient, memory):
        gradient = gradient + decay * value
        velocity = memory["v"] = momentum * memory["v"] + gradient if "v" in memory else gradient
        return value - rate * (gradient + momentum * velocity if nesterov else velocity)

    return rule


@pytest.mark.parametrize("nesterov", [False, True])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_sgd_is_what_its_formula_says(nesterov, decay):
    gradients = [torch.tensor([1.0, -2.0]), torch.tensor([0.5, 0.5]), torch.tensor([-1.0, 3.0])]
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = make_optimizer(
        "sgd", [weight], OptimizerSettings(0.1, momentum=0.9, weight_decay=decay, nesterov=nesterov)
    )
    for gradient in gradients:
        weight.grad = gradient.clone()
        optimizer.step()
    expected = by_hand(torch.tensor([1.0, 2.0]), gradients, sgd(0.1, 0.9, decay, nesterov))
    torch.testing.assert_close(weight.detach(), expected)


@pytest.mark.parametrize(
    ("name", "first"),
    [("adam", [0.9, 2.1]), ("adamw", [0.9 - 0.05, 2.1 - 0.1]), ("rmsprop", [1 - 0.1 / 0.01**0.5, 2 + 0.1 / 0.01**0.5])],
)
def test_the_first_step_of_the_adaptive_ones(name, first):
    """Adam's first step has the size of the rate, RMSprop's that over √(1 − 0.99); AdamW takes rate × decay off too."""
    weight = torch.nn.Parameter(torch.tensor([1.0, 2.0]))
    optimizer = make_optimizer(name, [weight], OptimizerSettings(0.1, weight_decay=0.5 if name == "adamw" else 0.0))
    weight.grad = torch.tensor([1.0, -2.0])
    optimizer.step()
    torch.testing.assert_close(weight.detach(), torch.tensor(first), atol=1e-5, rtol=0)


def test_the_shipped_run_is_still_what_its_settings_give(mnist):
    """Every loss it recorded in its first 40 steps; a change of defaults or of any order of chance would show."""
    record = json.loads(RECORD.read_text())
    config = TrainConfig.from_dict(record["config"])
    recorded = [(step, loss) for step, loss in record["losses"] if step <= 40]
    with at_most(2):
        trainer = Trainer(config, split(config.split, *mnist), torch.device("cpu"))
        for _ in range(40):
            trainer.step()
    losses = trainer.read_steps(force=True).losses
    assert len(recorded) > 30
    assert [losses[step - 1] for step, _ in recorded] == pytest.approx([loss for _, loss in recorded], abs=2e-4)
