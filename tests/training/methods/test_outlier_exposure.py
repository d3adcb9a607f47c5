"""Outlier exposure: its loss against SciPy's, and that a step learns from both parts of a batch."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.special import softmax
from scipy.stats import entropy

from cnnlab.data.augment.outliers import outliers
from cnnlab.data.dataset import as_input
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.methods.outlier_exposure import evenness_loss
from cnnlab.training.trainer import Trainer

pytestmark = pytest.mark.slow

CPU = torch.device("cpu")


def test_the_loss_is_the_cross_entropy_with_an_even_answer():
    logits = torch.randn(6, 10, generator=torch.Generator().manual_seed(0)) * 5
    given, even = softmax(logits.double().numpy(), 1), np.full((6, 10), 0.1)
    expected = (entropy(even, axis=1) + entropy(even, given, axis=1)).mean()
    assert evenness_loss(logits).item() == pytest.approx(expected, rel=1e-5)
    assert evenness_loss(torch.zeros(3, 10)).item() == pytest.approx(np.log(10))


def test_a_run_with_outliers_is_less_sure_of_them(small, config):
    strange = outliers(as_input(small.test.images), small.test.labels, torch.Generator().manual_seed(7))

    def trained(fraction: float) -> Trainer:
        trainer = Trainer(config.replace(outliers=fraction, epochs=4), small, CPU)
        while trainer.step_count < trainer.total_steps:
            trainer.step()
        return trainer

    def sure(trainer: Trainer) -> float:
        with torch.no_grad():
            return trainer.model.eval()(strange).softmax(1).amax(1).mean().item()

    without, with_them = trained(0.0), trained(0.25)
    assert sure(with_them) < sure(without) - 0.2
    assert all(0 <= accuracy <= 1 for accuracy in with_them.read_steps(force=True).accuracies)


def test_pictures_without_digits_cannot_have_them():
    with pytest.raises(CnnlabError, match="outliers is 0.1: fashion-mnist has no digits"):
        TrainConfig(dataset="fashion-mnist", outliers=0.1)
