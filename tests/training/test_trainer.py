"""Trainer: deterministic steps, learning rates, batches and scores."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from cnnlab import models
from cnnlab.errors import CnnlabError
from cnnlab.training.trainer import Trainer
from tests.models.test_models import reference_simple_cnn

CPU = torch.device("cpu")


def losses(trainer: Trainer, steps: int) -> list[float]:
    for _ in range(steps):
        trainer.step()
    return trainer.read_steps(force=True).losses


@pytest.mark.slow
def test_same_seed_same_losses_bit_for_bit(config, small):
    first, second, other = (Trainer(config.replace(seed=seed), small, CPU) for seed in (0, 0, 1))
    a, b, c = (losses(trainer, 25) for trainer in (first, second, other))
    assert a == b
    assert a != c


@pytest.mark.slow
def test_reading_measuring_and_other_threads_randomness_change_nothing(config, small):
    undisturbed = losses(Trainer(config, small, CPU), 20)
    trainer, disturbed = Trainer(config, small, CPU), []
    for _ in range(20):
        trainer.step()
        disturbed += trainer.read_steps().losses
        trainer.score_sample()
        trainer.weights()
        torch.rand(3)
        models.build("simple-cnn", seed=7)
    assert disturbed == undisturbed


def test_steps_equal_a_plain_pytorch_loop(config, small):
    """The same batches through torch.nn and torch.optim as the article writes them; dropout off on both sides."""
    trainer = Trainer(config, small, CPU)
    trainer.model.dropout.p = 0
    plain = reference_simple_cnn()
    plain[9].p = 0
    parameters = [value for name, value in trainer.model.state_dict().items() if not name.startswith("normalize")]
    plain.load_state_dict(dict(zip(plain.state_dict(), parameters, strict=True)))
    optimizer = torch.optim.Adam(plain.parameters(), lr=1e-3)
    order = torch.randperm(2_000, generator=torch.Generator().manual_seed(0))
    expected = []
    for step in range(15):
        batch = order[step * 100 : (step + 1) * 100]
        loss = F.cross_entropy(plain(small.train.images[batch].float() / 255), small.train.labels[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        expected.append(loss.item())
    assert losses(trainer, 15) == pytest.approx(expected, rel=1e-4)


def test_every_image_once_an_epoch_and_in_a_new_order(config, small):
    trainer = Trainer(config.replace(batch_size=300), small, CPU)
    assert (trainer.steps_per_epoch, trainer.total_steps) == (7, 14)
    seen = []
    for _ in range(2):
        batches = []
        for _ in range(trainer.steps_per_epoch):
            batches.append(trainer._next_batch())
            trainer.step()
        assert [len(batch) for batch in batches] == [300] * 6 + [200]
        seen.append(torch.cat(batches))
    assert trainer.done
    assert all(torch.equal(order.sort().values, torch.arange(2_000)) for order in seen)
    assert not torch.equal(*seen)


def test_sorted_by_class_in_every_epoch(config, small):
    trainer = Trainer(config.replace(batch_size=300, order="sorted"), small, CPU)
    expected = np.argsort(small.train.labels.numpy(), kind="stable")
    for _ in range(2):
        seen = []
        for _ in range(trainer.steps_per_epoch):
            seen += trainer._next_batch().tolist()
            trainer.step()
        assert seen == expected.tolist()


def test_a_new_learning_rate_is_used_by_the_next_step(config, small):
    trainer = Trainer(config.replace(optimizer="sgd", learning_rate=0.5), small, CPU)
    trainer.step()
    trainer.learning_rate = 1e-8
    before = trainer.weights()
    trainer.step()
    after = trainer.weights()
    assert max((after[name] - before[name]).abs().max().item() for name in before) < 1e-6


@pytest.mark.parametrize(
    "optimizer", ["adam", *(pytest.param(name, marks=pytest.mark.slow) for name in ("sgd", "adamw", "rmsprop"))]
)
def test_every_optimizer_learns(config, small, optimizer):
    settings = {"learning_rate": 0.05, "momentum": 0.9} if optimizer == "sgd" else {}
    trainer = Trainer(config.replace(optimizer=optimizer, **settings), small, CPU)
    values = losses(trainer, 40)
    assert sum(values[-5:]) / 5 < 0.6 * values[0]


def test_a_diverging_loss_is_a_sentence(config, small):
    trainer = Trainer(config.replace(optimizer="sgd", learning_rate=100, weight_decay=1), small, CPU)
    with pytest.raises(CnnlabError, match=r"The loss became (nan|inf) at step \d+ with learning rate 100: start again"):
        losses(trainer, 30)


def test_published_weights_are_copies(config, small):
    trainer = Trainer(config, small, CPU)
    published = trainer.weights()
    kept = {name: value.clone() for name, value in published.items()}
    trainer.step()
    assert all(torch.equal(published[name], kept[name]) for name in kept)
    assert all(value.is_contiguous() for value in published.values())


def test_probabilities_equal_softmax_of_the_network(config, small):
    trainer = Trainer(config, small, CPU)
    image = small.test.images[:3]
    expected = trainer.model.eval()(image.float() / 255).softmax(1)
    torch.testing.assert_close(trainer.probabilities(image), expected)
    assert trainer.probabilities(image).sum(1).tolist() == pytest.approx([1, 1, 1])
