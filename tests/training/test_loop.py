"""TrainingLoop: when it evaluates, what it records, and how a run ends."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from cnnlab.training.loop import TrainingLoop
from cnnlab.training.results import Outcome
from cnnlab.training.trainer import Trainer


class Notebook:
    """A recorder that keeps everything in memory."""

    name = "notebook"

    def __init__(self):
        self.saved, self.ended = [], None

    def save_epoch(self, weights, epochs):
        self.saved.append((epochs[-1], weights))

    def finish(self, outcome, history):
        self.ended = outcome, history


def run(config, split, steps=None) -> tuple[TrainingLoop, Notebook, Outcome]:
    loop = TrainingLoop(Trainer(config, split, torch.device("cpu")), notebook := Notebook())
    loop.begin()
    while not loop.trainer.done and (steps is None or loop.trainer.step_count < steps):
        loop.advance()
    return loop, notebook, loop.finish(stopped=steps is not None)


def test_keeps_the_untrained_network_and_every_epoch(config, small):
    _, notebook, outcome = run(config, small)
    assert [row.epoch for row, _ in notebook.saved] == [0, 1, 2]
    assert [row.step for row, _ in notebook.saved] == [0, 20, 40]
    assert notebook.saved[0][0].train_loss is None
    assert notebook.ended[0] is outcome and outcome.state == "finished" and outcome.epochs == 2


def test_evaluates_inside_epochs_and_at_their_ends(config, small):
    loop, _, _ = run(config, small)
    assert [each.step for each in loop.history.evaluations] == [0, 7, 14, 20, 21, 28, 35, 40]


def test_rows_are_means_of_the_steps_they_span(config, small):
    loop, notebook, _ = run(config, small)
    losses, accuracies = loop.history.losses, loop.history.accuracies
    assert len(losses) == 40
    last = notebook.saved[2][0]
    assert last.train_loss == pytest.approx(float(np.mean(losses[20:40])))
    assert last.train_accuracy == pytest.approx(float(np.mean(accuracies[20:40])))
    second = loop.history.evaluations[2]
    assert second.train_loss == pytest.approx(float(np.mean(losses[7:14])))


def test_the_outcome_is_what_the_network_scores(config, small):
    loop, notebook, outcome = run(config, small)
    model = loop.trainer.model.eval()
    for part, accuracy in ((small.test, outcome.test_accuracy), (small.validation, outcome.val_accuracy)):
        with torch.no_grad():
            right = (model(part.images.float() / 255).argmax(1) == part.labels).sum().item()
        assert accuracy == right / len(part)
    assert outcome.best_epoch == max(notebook.saved, key=lambda saved: saved[0].val_accuracy)[0].epoch
    assert outcome.sentence.startswith(
        f"{100 * outcome.test_accuracy:.1f} % of 1,000 test digits right after 2 epochs in "
    )
    assert outcome.sentence.endswith(f"best epoch {outcome.best_epoch}.")


def test_a_stopped_run_keeps_its_unfinished_epoch(config, small):
    loop, notebook, outcome = run(config, small, steps=25)
    row, weights = notebook.saved[-1]
    assert (row.epoch, row.step, row.complete) == (2, 25, False)
    assert torch.equal(weights["fc2.bias"], loop.trainer.model.fc2.bias)
    assert outcome.state == "stopped" and "when stopped in epoch 2, after" in outcome.sentence
    _, notebook, _ = run(config, small, steps=20)
    assert [row.epoch for row, _ in notebook.saved] == [0, 1], "nothing new is saved when it stops at an epoch's end"


def test_a_pinned_drawing_is_read_at_every_evaluation(config, small):
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), Notebook())
    loop.pinned = small.test.images[:1]
    loop.begin()
    for _ in range(14):
        loop.advance()
    readings = [each.pinned for each in loop.history.evaluations]
    assert len(readings) == 3 and all(sum(each) == pytest.approx(1, abs=1e-5) for each in readings)
    assert readings[-1] == pytest.approx(loop.trainer.probabilities(small.test.images[:1])[0].tolist())


def test_mixed_precision_learns_the_same_with_coarser_numbers(config, small):
    plain, _, whole = run(config.replace(epochs=1), small)
    mixed, _, half = run(config.replace(epochs=1, mixed_precision=True), small)
    ours, theirs = mixed.history.losses, plain.history.losses
    assert ours.tolist() != theirs.tolist() and np.abs(ours - theirs).mean() < 0.05
    assert all(value.dtype == torch.float32 for value in mixed.trainer.weights().values())
    assert half.test_accuracy == pytest.approx(whole.test_accuracy, abs=0.03)


def test_without_validation_the_columns_stay_empty(config, small):
    loop, notebook, outcome = run(config.replace(epochs=1), small._replace(validation=None))
    assert all(row.val_accuracy is None for row, _ in notebook.saved)
    assert all(each.val_accuracy is None for each in loop.history.evaluations)
    assert outcome.val_accuracy is None and outcome.best_epoch == 1 and outcome.test_accuracy > 0.5


def test_the_record_cannot_be_changed_by_a_reader(config, small):
    loop, _, _ = run(config.replace(epochs=1), small)
    with pytest.raises(ValueError, match="read-only"):
        loop.history.losses[0] = 0
