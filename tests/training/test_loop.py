"""TrainingLoop: when it evaluates, what it records, and how a run ends."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch

from cnnlab.training.loop import TrainingLoop
from cnnlab.training.results import DIVERGED, LEARNING_RATE, Event, Outcome
from cnnlab.training.trainer import DivergenceError, Trainer


class Notebook:
    """A recorder that keeps everything in memory."""

    name = "notebook"
    stopped_elsewhere = False

    def __init__(self):
        self.saved, self.ended, self.reports = [], None, []

    def save_epoch(self, weights, epochs):
        self.saved.append((epochs[-1], weights))

    def finish(self, outcome, history):
        self.ended = outcome, history

    def report(self, report):
        self.reports.append(report)

    def stop_asked(self):
        return self.stopped_elsewhere

    def save_state(self, state):
        self.state = state

    def close(self):
        pass


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


@pytest.mark.slow
def test_evaluates_inside_epochs_and_at_their_ends(config, small):
    loop, _, _ = run(config, small)
    assert [each.step for each in loop.history.evaluations] == [0, 1, 2, 5, 7, 10, 14, 20, 21, 28, 35, 40]


def test_rows_are_means_of_the_steps_they_span(config, small):
    loop, notebook, _ = run(config, small)
    losses, accuracies = loop.history.losses, loop.history.accuracies
    assert len(losses) == 40
    last = notebook.saved[2][0]
    assert last.train_loss == pytest.approx(float(np.mean(losses[20:40])))
    assert last.train_accuracy == pytest.approx(float(np.mean(accuracies[20:40])))
    measured = {each.step: each for each in loop.history.evaluations}
    assert measured[14].train_loss == pytest.approx(float(np.mean(losses[10:14])))


@pytest.mark.slow
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
    assert outcome.state == "stopped" and outcome.test_accuracy is None, "no test is owed for a stopped run"
    assert re.fullmatch(r"Stopped after \d+ s and 1 whole epoch\.", outcome.sentence)
    assert outcome.val_accuracy == notebook.saved[1][0].val_accuracy and row.val_accuracy is None
    _, notebook, _ = run(config, small, steps=20)
    assert [row.epoch for row, _ in notebook.saved] == [0, 1], "nothing new is saved when it stops at an epoch's end"


def test_a_pinned_drawing_is_read_at_every_evaluation(config, small):
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), Notebook())
    loop.pinned = small.test.images[:1]
    loop.begin()
    for _ in range(14):
        loop.advance()
    readings = [each.pinned for each in loop.history.evaluations]
    assert len(readings) == 7 and all(sum(each) == pytest.approx(1, abs=1e-5) for each in readings)
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


def test_a_rate_set_by_hand_is_remembered_with_its_step(config, small):
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), notebook := Notebook())
    loop.begin()
    for step in range(6):
        if step == 4:
            loop.set_learning_rate(config.learning_rate)  # no change
            loop.set_learning_rate(0.5)
        loop.advance()
    loop.finish(stopped=True)
    assert notebook.ended[1].events == [Event(4, LEARNING_RATE, 0.5)]
    assert notebook.ended[1].events[0].words == "learning rate 0.5"


def test_a_loss_that_runs_away_is_marked_where_it_did_and_the_losses_before_it_stay(config, small):
    loop = TrainingLoop(Trainer(config.replace(learning_rate=100.0), small, torch.device("cpu")), Notebook())
    loop.begin()
    for _ in range(8):
        loop.advance()
    before = loop.history.losses.tolist()
    with torch.no_grad():
        loop.trainer.model.fc2.bias[0] = float("nan")
    with pytest.raises(DivergenceError, match="The loss became nan at step 9 with learning rate 100"):
        loop.advance()
    assert loop.history.events == [Event(9, DIVERGED)] and loop.history.losses.tolist() == before


def test_measuring_between_evaluations_is_one_more_and_changes_nothing_else(config, small):
    loop, plain = (TrainingLoop(Trainer(config, small, torch.device("cpu")), Notebook()) for _ in range(2))
    for each in (loop, plain):
        each.begin()
        for _ in range(4):
            each.advance()
            if each is loop:
                each.measure()
                each.measure()  # already measured there
    assert [each.step for each in loop.history.evaluations] == [0, 1, 2, 3, 4]
    assert [each.step for each in plain.history.evaluations] == [0, 1, 2]
    assert loop.history.losses.tolist() == plain.history.losses.tolist()
    assert loop.history.evaluations[2].val_loss == plain.history.evaluations[2].val_loss


def test_the_time_left_is_steps_evaluations_and_epochs_at_the_pace_so_far(config, small):
    loop = TrainingLoop(Trainer(config, small, torch.device("cpu")), Notebook())
    loop.begin()
    for _ in range(9):
        loop.advance()
    assert loop.seconds_left is None, "the first steps are slower than all others"
    loop.advance()
    loop._usual_seconds, loop._evaluation_seconds, loop._epoch_seconds = 5.0, 2.0, 3.0
    # 30 of 40 steps at a second each, one evaluation every 7 steps, two epochs
    assert loop.seconds_left == pytest.approx(30 + 30 / 7 * 2 + 2 * 3)
