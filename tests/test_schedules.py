from __future__ import annotations

import pytest
import torch

from cnnlab.training.schedules import SCHEDULES
from cnnlab.training.trainer import Trainer


def test_cosine_is_torchs():
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    oracle = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 50)
    for step in range(50):
        assert SCHEDULES["cosine"](step, 50) == pytest.approx(oracle.get_last_lr()[0], abs=1e-9)
        optimizer.step()
        oracle.step()


def test_one_cycle_rises_to_1_and_falls_to_nearly_0():
    factors = [SCHEDULES["one-cycle"](step, 400) for step in range(400)]
    peak = factors.index(max(factors))
    assert peak == 100 and factors[peak] == 1 and factors[0] == pytest.approx(0.1)
    assert factors[:101] == sorted(factors[:101]) and factors[100:] == sorted(factors[100:], reverse=True)
    assert 0 < factors[-1] < 1e-4


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.parametrize("total", [1, 2, 7])
def test_every_step_of_the_shortest_runs_has_a_rate(name, total):
    assert all(0 < SCHEDULES[name](step, total) <= 1 for step in range(total))


def test_the_trainer_follows_and_a_rate_set_by_hand_counts_at_once(small, config):
    trainer = Trainer(config.replace(schedule="cosine", learning_rate=0.01), small, torch.device("cpu"))
    rates = []
    while not trainer.done:
        if trainer.step_count == 10:
            trainer.learning_rate = 0.002
            assert trainer.learning_rate == 0.002
        rates.append(trainer.learning_rate)
        trainer.step()
    cosine = [SCHEDULES["cosine"](step, trainer.total_steps) for step in range(trainer.total_steps)]
    assert rates[:10] == [0.01 * factor for factor in cosine[:10]]
    assert rates[10:] == pytest.approx([0.002 * factor / cosine[10] for factor in cosine[10:]])
    trainer.learning_rate = 0.5  # after the last step it does no harm


def test_a_constant_rate_is_left_exactly_as_it_is(small, config):
    trainer = Trainer(config.replace(learning_rate=0.0007), small, torch.device("cpu"))
    for _ in range(3):
        trainer.step()
        assert trainer.learning_rate == 0.0007
