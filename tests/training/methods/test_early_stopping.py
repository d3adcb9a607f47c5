"""Early stopping and the plateau schedule: torch's ReduceLROnPlateau as the oracle, then whole runs."""

from __future__ import annotations

import pytest
import torch
from torch.optim import lr_scheduler

from cnnlab.training.loop import TrainingLoop
from cnnlab.training.methods.early_stopping import EarlyStopping, Plateau
from cnnlab.training.trainer import Trainer
from tests.training.test_loop import Notebook, run


@pytest.mark.parametrize("patience", [0, 1, 3])
def test_plateau_is_torchs(patience):
    losses = [1, 0.9, 0.95, 0.91, 0.90005, 0.89, 0.89, 0.88999, 0.92, 0.93, 0.9, 0.5, 0.6, 0.5, 0.5, 0.5, 0.5, 0.4]
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    oracle = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=patience)
    plateau, rate = Plateau(patience), 1.0
    for loss in losses:
        oracle.step(loss)
        rate *= 0.5 if plateau.update(loss) else 1
        assert rate == optimizer.param_groups[0]["lr"]
    assert rate < 1


@pytest.mark.parametrize(("epochs", "ends"), [(0, 3), (1, 4), (2, 8)])
def test_it_ends_after_more_epochs_in_a_row_than_it_bears(epochs, ends):
    losses = [1.0, 0.8, 0.79999, 0.9, 0.5, 0.6, 0.6, 0.6, 0.1]  # the third is lower, but by less than BETTER
    stopping = EarlyStopping(epochs)
    assert next(epoch for epoch, loss in enumerate(losses, 1) if stopping.update(loss)) == ends


@pytest.mark.slow
def test_a_run_lowers_its_rate_when_the_validation_loss_no_longer_falls(small, config):
    """At so high a rate it is thrown about: the recorded losses through torch's scheduler give the recorded rates."""
    settings = {"optimizer": "sgd", "learning_rate": 0.5, "schedule": "plateau", "patience": 0, "gamma": 0.5}
    config = config.replace(**settings, epochs=6, batch_size=400)
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), Notebook())
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.5)
    oracle = lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)
    for row in loop.history.epochs[1:-1]:  # after the last epoch there is no rate to set
        oracle.step(row.val_loss)
        assert row.learning_rate == optimizer.param_groups[0]["lr"]
    assert row.learning_rate < 0.5


@pytest.mark.slow
def test_early_stopping_ends_a_run_whose_validation_loss_no_longer_falls(config, small):
    settings = {"optimizer": "sgd", "learning_rate": 0.6, "momentum": 0.5, "early_stopping": 2, "epochs": 40}
    loop, notebook, outcome = run(config.replace(**settings, batch_size=400, eval_every=1000), small)
    losses = [row.val_loss for row, _ in notebook.saved][1:]
    best = losses.index(min(losses))
    assert len(losses) == best + 3 < 40, "it waited two epochs for a lower loss"
    assert outcome.state == "finished" and outcome.early and outcome.epochs == len(losses)
    assert "when the validation loss no longer fell; best epoch" in outcome.sentence
