"""The range test against a plain loop of SGD at rising rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from cnnlab.training.rate_finder import HIGHEST, LOWEST, STEPS, RangeTest, range_test
from cnnlab.training.trainer import Trainer
from tests.models.test_models import reference_simple_cnn
from tests.support.prepared import prepared

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


@pytest.mark.slow
def test_its_losses_are_those_of_a_plain_loop_at_rising_rates(small, config):
    """SGD written out, dropout off on both sides; while the rates are small, so that no rounding grows."""
    config = config.replace(optimizer="sgd", network="simple-cnn", options={"dropout": 0.0})
    found = range_test(prepared(config, small))
    plain = reference_simple_cnn()
    plain[9].p = 0
    model = Trainer(config, small, CPU).model
    parameters = [value for name, value in model.state_dict().items() if not name.startswith("normalize")]
    plain.load_state_dict(dict(zip(plain.state_dict(), parameters, strict=True)))
    order = torch.randperm(2_000, generator=torch.Generator().manual_seed(0))
    expected = []
    for step in range(20):
        batch = order[step * 100 : (step + 1) * 100]
        loss = F.cross_entropy(plain(small.train.images[batch].float() / 255), small.train.labels[batch])
        plain.zero_grad()
        loss.backward()
        rate = LOWEST * (HIGHEST / LOWEST) ** (step / (STEPS - 1))
        with torch.no_grad():
            for parameter in plain.parameters():
                parameter -= rate * parameter.grad
        assert found.rates[step] == pytest.approx(rate)
        expected.append(loss.item())
    assert found.losses[:20] == pytest.approx(expected, rel=1e-4)
    assert found.smoothed == pytest.approx(pd.Series(found.losses).ewm(alpha=0.1).mean().to_numpy())


@pytest.mark.slow
def test_the_suggestion_learns_and_ten_times_the_best_does_not(small, config):
    found = range_test(prepared(config, small))
    assert 1e-4 < found.suggested < found.best < 1

    def last(rate):
        trainer = Trainer(config.replace(learning_rate=rate), small, CPU)
        for _ in range(40):
            trainer.step()
        return np.mean(trainer.read_steps(force=True).losses[-5:])

    assert last(found.suggested) < 0.7 < last(10 * found.best)


@pytest.mark.slow
def test_it_stops_once_the_loss_runs_away(small, config):
    found = range_test(prepared(config.replace(optimizer="sgd", momentum=0.9), small))
    assert np.isfinite(found.losses).all() and found.rates[-1] <= HIGHEST * 1.0001


def test_what_on_progress_raises_ends_it(small, config):
    seen = []

    def on_progress(fraction):
        seen.append(fraction)
        if len(seen) == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        range_test(prepared(config, small), on_progress)
    assert seen == pytest.approx([0.01, 0.02, 0.03])


def test_a_tenth_of_the_rate_with_the_lowest_loss_to_one_digit():
    rates, smoothed = np.array([1e-3, 3.3e-2, 1.0]), np.array([2.0, 1.0, 9.0])
    found = RangeTest(rates, smoothed, smoothed)
    assert (found.best, found.suggested) == (0.033, 0.003)
