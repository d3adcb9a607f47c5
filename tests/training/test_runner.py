"""Runner: commands, states and snapshots of the background thread; Stop is final."""

from __future__ import annotations

import os
import threading
import time
from dataclasses import replace

import pytest
import torch

from cnnlab.errors import CnnlabError
from cnnlab.training import trainer as trainer_module
from cnnlab.training.devices import describe
from cnnlab.training.engines.recorded import Recorded
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.results import DIVERGED
from cnnlab.training.runner import Runner
from cnnlab.training.step_metrics import Pile
from cnnlab.training.trainer import Trainer
from tests.support.prepared import prepared
from tests.support.recording import CpuStepRecorder
from tests.training.test_loop import Notebook


@pytest.fixture
def runner():
    runner = Runner()
    yield runner
    runner.set_pace(None)
    runner.stop()
    runner.wait(30)


def until(condition, seconds=30.0):
    """Wait for a condition; the limit is there to fail a hang, not to time anything."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.005)


def start(runner, config, split, steps=None) -> Notebook:
    notebook = Notebook()
    runner.start(prepared(config, split, notebook), steps)
    return notebook


def plain_losses(config, split) -> list[float]:
    loop = TrainingLoop(Trainer(config, split, torch.device("cpu")), Notebook())
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    return loop.history.losses.tolist()


def test_runs_to_the_end(runner, config, small):
    notebook = start(runner, config, small)
    runner.wait(60)
    snapshot = runner.snapshot()
    assert (snapshot.state, snapshot.step, snapshot.epoch) == ("finished", 40, 2)
    assert snapshot.run == "notebook" and not snapshot.active
    assert snapshot.outcome is notebook.ended[0]
    assert [row.epoch for row in snapshot.epochs] == [0, 1, 2]


def test_how_the_steps_are_carried_out_stands_beside_the_device(runner, config, small, monkeypatch):
    def recording(device, model, batch, generator):
        return Recorded(device, model, batch, generator, CpuStepRecorder())

    monkeypatch.setattr(trainer_module, "engine_for", recording)
    start(runner, config, small)
    runner.wait(60)
    assert runner.snapshot().state == "finished"
    assert runner.snapshot().device == f"{describe(torch.device('cpu'))}, each step one CUDA graph"


def test_a_pause_brings_the_losses_that_were_under_way(runner, config, small, monkeypatch):
    monkeypatch.setattr(trainer_module, "step_metrics_for", lambda device: Pile(1_000))
    start(runner, config.replace(eval_every=1_000), small, steps=3)
    until(lambda: runner.snapshot().state == "paused" and len(runner.snapshot().losses) == 3)
    runner.step_batch()
    until(lambda: len(runner.snapshot().losses) == 4)


@pytest.mark.slow
def test_losses_are_bit_identical_paused_or_not(runner, config, small):
    expected = plain_losses(config, small)
    start(runner, config, small, steps=3)
    until(lambda: runner.snapshot().state == "paused")
    runner.step_batch()
    until(lambda: runner.snapshot().step == 4)
    runner.resume()
    until(lambda: runner.snapshot().step >= 10)
    runner.pause()
    until(lambda: runner.snapshot().state == "paused")
    runner.live_weights()
    runner.resume()
    runner.wait(60)
    assert runner.snapshot().losses.tolist() == expected


def test_pause_means_no_step_and_a_step_means_exactly_one(runner, config, small):
    start(runner, config.replace(epochs=50), small)
    until(lambda: runner.snapshot().step > 2)
    runner.pause()
    until(lambda: runner.snapshot().state == "paused")
    at = runner.snapshot().step
    time.sleep(0.3)
    assert runner.snapshot().step == at
    runner.step_batch()
    until(lambda: runner.snapshot().step > at)
    time.sleep(0.3)
    assert (runner.snapshot().step, runner.snapshot().state) == (at + 1, "paused")


def test_step_epoch_goes_to_the_end_of_the_epoch(runner, config, small):
    start(runner, config, small, steps=5)
    until(lambda: runner.snapshot().state == "paused")
    runner.step_epoch()
    until(lambda: runner.snapshot().step == 20 and runner.snapshot().state == "paused")
    assert [row.epoch for row in runner.snapshot().epochs] == [0, 1]


def test_a_new_learning_rate_holds_from_the_next_step(runner, config, small):
    start(runner, config, small, steps=5)
    until(lambda: runner.snapshot().state == "paused")
    runner.set_learning_rate(0.02)
    until(lambda: runner.snapshot().learning_rate == 0.02)
    assert runner.snapshot().step == 5
    with pytest.raises(CnnlabError, match="learning_rate is -3"):
        runner.set_learning_rate(-3)
    changed = Trainer(config, small, torch.device("cpu"))
    for step in range(7):
        if step == 5:
            changed.learning_rate = 0.02
        changed.step()
    for expected in (6, 7):
        runner.step_batch()
        until(lambda expected=expected: runner.snapshot().step == expected)
    until(lambda: runner.snapshot().state == "paused")
    assert runner.snapshot().losses.tolist() == changed.read_steps(force=True).losses


def test_stop_keeps_what_was_learned(runner, config, small):
    notebook = start(runner, config.replace(epochs=500), small)
    until(lambda: runner.snapshot().step > 2)
    runner.stop()
    runner.wait(30)
    snapshot = runner.snapshot()
    assert snapshot.state == "stopped"
    assert notebook.saved[-1][0].step == snapshot.step
    assert notebook.ended[0].test_accuracy is None, "a stopped run is not tested"


# What a run does in each state: the method that does it, and the module or class it belongs to
BUSY = {
    "building": (PreparedRun, "trainer"),
    "measuring the untrained network": (Trainer, "score_validation"),
    "a step": (Trainer, "step"),
    "measuring": (Trainer, "score_sample"),
    "testing": (Trainer, "score_test"),
}


@pytest.mark.parametrize("doing", BUSY)
def test_stop_is_obeyed_in_the_middle_of_anything(runner, config, small, monkeypatch, doing):
    """Each pass is made to wait between its layers: without being given up it would never end."""
    owner, name = BUSY[doing]
    begun, usual = threading.Event(), getattr(owner, name)

    def endless(self, *args):
        begun.set()
        if owner is PreparedRun:
            return usual(self, *args)
        while True:
            usual(self, *args)

    if doing in ("a step", "measuring"):  # only once it trains
        start(runner, config.replace(eval_every=1), small, steps=2)
        until(lambda: runner.snapshot().state == "paused")
        monkeypatch.setattr(owner, name, endless)
        runner.resume()
    else:
        monkeypatch.setattr(owner, name, endless)
        start(runner, config.replace(epochs=1), small)
    assert begun.wait(30)
    runner.stop()
    assert runner.snapshot().state in ("stopping", "stopped")
    runner.wait(30)
    assert runner.snapshot().state == "stopped" and runner.snapshot().outcome.test_accuracy is None
    assert runner.snapshot().epochs, "what it had learned is kept"


def test_a_step_that_was_given_up_has_changed_no_weight(config, small):
    trainer = Trainer(config, small, torch.device("cpu"))
    trainer.step()
    before, layers = trainer.weights(), []
    trainer.interrupted = lambda: layers.append(None) or len(layers) > 5  # in the backward pass: it has four layers
    with pytest.raises(InterruptionError):
        trainer.step()
    assert trainer.step_count == 1
    assert all(torch.equal(value, before[name]) for name, value in trainer.weights().items())


def test_a_loss_that_runs_away_fails_the_run_and_keeps_the_losses_before(runner, config, small, monkeypatch):
    start(runner, config, small, steps=3)
    until(lambda: runner.snapshot().state == "paused")
    with torch.no_grad():
        runner._lanes[0].going.trainer.model.fc2.bias[0] = float("nan")
    runner.resume()
    runner.wait(30)
    snapshot = runner.snapshot()
    assert snapshot.state == "failed" and "The loss became nan at step 4" in snapshot.error
    assert len(snapshot.losses) == 3 and [(each.step, each.what) for each in snapshot.events] == [(4, DIVERGED)]


def test_every_single_step_is_measured(runner, config, small):
    start(runner, config.replace(eval_every=1_000), small, steps=1)
    for step in range(1, 4):
        until(lambda step=step: runner.snapshot().evaluations[-1:] and runner.snapshot().evaluations[-1].step == step)
        assert runner.snapshot().state == "paused"
        runner.step_batch()


def test_in_slow_motion_as_many_images_a_second_as_are_shown(runner, config, small):
    """Measured in its few busy moments it was 4,157 a second at 20 steps."""
    runner.set_pace(10)
    start(runner, config, small)
    until(lambda: runner.snapshot().step >= 12)
    snapshot = runner.snapshot()
    assert 0 < snapshot.images_per_second <= 10 * config.batch_size
    assert snapshot.eta_seconds >= (snapshot.total_steps - snapshot.step) / 10


def test_stop_is_obeyed_while_paused_and_in_slow_motion(runner, config, small):
    runner.set_pace(0.01)
    start(runner, config, small)
    until(lambda: runner.snapshot().step == 1)
    runner.stop()
    runner.wait(30)
    assert (runner.snapshot().state, runner.snapshot().step) == ("stopped", 1)
    runner.set_pace(None)
    start(runner, config, small, steps=2)
    until(lambda: runner.snapshot().state == "paused")
    runner.stop()
    runner.wait(30)
    assert (runner.snapshot().state, runner.snapshot().step) == ("stopped", 2)


@pytest.mark.slow
def test_slow_motion_limits_the_steps_and_ends_at_once(runner, config, small):
    runner.set_pace(5)
    start(runner, config.replace(epochs=3), small)
    until(lambda: runner.snapshot().step >= 1)
    began, first = time.monotonic(), runner.snapshot().step
    time.sleep(1.0)
    assert runner.snapshot().step - first <= 5 * (time.monotonic() - began) + 1
    runner.set_pace(None)
    runner.wait(60)
    assert runner.snapshot().state == "finished"


def test_a_second_run_is_refused_while_one_is_under_way(runner, config, small):
    start(runner, config, small, steps=1)
    with pytest.raises(CnnlabError, match="notebook is still training: stop it"):
        start(runner, config, small)
    runner.stop()
    runner.wait(30)
    start(runner, config.replace(epochs=1), small)
    runner.wait(60)
    assert runner.snapshot().state == "finished" and runner.snapshot().step == 20


def test_an_exception_in_the_thread_becomes_a_sentence(runner, config, small, monkeypatch):
    def broken(self):
        if self.step_count == 3:
            raise RuntimeError("the disk caught fire")
        self.step_count += 1
        return 1

    monkeypatch.setattr(Trainer, "step", broken)
    notebook = start(runner, config, small)
    runner.wait(30)
    snapshot = runner.snapshot()
    assert snapshot.state == "failed" and not snapshot.active
    assert snapshot.error == (
        "Training stopped on an unexpected RuntimeError: the disk caught fire. Epochs already saved are intact."
    )
    assert "Traceback" not in snapshot.error and notebook.ended[0].error == snapshot.error


def test_live_weights_are_published_copies(runner, config, small):
    start(runner, config.replace(epochs=100), small)
    until(lambda: runner.live_weights() is not None)
    first = runner.live_weights()
    kept = first.tensors["fc2.bias"].clone()
    until(lambda: runner.live_weights().step > first.step)
    assert torch.equal(first.tensors["fc2.bias"], kept)
    assert not torch.equal(runner.live_weights().tensors["fc2.bias"], kept)
    with pytest.raises(TypeError):
        first.tensors["fc2.bias"] = kept


def test_a_snapshot_stays_as_it_was(runner, config, small):
    start(runner, config, small, steps=4)
    until(lambda: runner.snapshot().state == "paused")
    before = runner.snapshot()
    copy = before.losses.tolist(), before.evaluations, before.epochs
    runner.step_epoch()
    until(lambda: runner.snapshot().step == 20)
    assert (before.losses.tolist(), before.evaluations, before.epochs) == copy
    with pytest.raises(AttributeError):
        before.step = 9


def test_a_pinned_drawing_outlives_the_run(runner, config, small):
    runner.pin(small.test.images[:1])
    start(runner, config.replace(epochs=1), small)
    runner.wait(60)
    assert all(each.pinned for each in runner.snapshot().evaluations)
    assert torch.equal(runner.pinned, small.test.images[:1])


@pytest.mark.parametrize("queued", ["pause", "resume", "step_batch", "step_epoch", "set_learning_rate"])
def test_stopping_is_final_whatever_is_queued_behind_it(runner, config, small, queued, monkeypatch):
    start(runner, config, small, steps=1)
    until(lambda: runner.snapshot().state == "paused")
    step = Trainer.step

    def slow(trainer):  # so that the thread is busy while the next two are given
        time.sleep(0.2)
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", slow)
    runner.step_batch()
    until(lambda: runner.snapshot().state == "running")
    runner.stop()
    getattr(runner, queued)(*([0.01] if queued == "set_learning_rate" else []))
    runner.wait(30)
    assert not runner._thread.is_alive()
    assert (runner.snapshot().state, runner.snapshot().step) == ("stopped", 1), "the step under way is given up"


@pytest.mark.slow
@pytest.mark.parametrize("kind", [SystemExit, KeyboardInterrupt, GeneratorExit])
def test_whatever_ends_the_thread_is_a_failed_run_and_another_can_start(runner, config, small, monkeypatch, kind):
    def end(self):
        raise kind("out of nowhere")

    with monkeypatch.context() as patch:
        patch.setattr(Trainer, "step", end)
        start(runner, config, small)
        runner.wait(30)
    assert runner.snapshot().state == "failed" and kind.__name__ in runner.snapshot().error
    start(runner, config, small)
    runner.wait(60)
    assert runner.snapshot().state == "finished"


def test_the_state_follows_from_the_thread(runner, config, small, monkeypatch):
    monkeypatch.setattr(Runner, "_train", lambda self, *_: None)  # dies without a word
    start(runner, config, small)
    runner.wait(30)
    assert runner.snapshot().state == "failed" and not runner.snapshot().active


def test_a_run_that_shares_the_machine_computes_with_so_many_threads_and_says_so(config, small):
    counts = []

    class Counting(Notebook):
        def save_epoch(self, weights, epochs):
            counts.append(torch.get_num_threads())

    runner = Runner()
    runner.start(replace(prepared(config.replace(epochs=1), small, Counting()), threads=1))
    runner.wait(60)
    assert counts and set(counts) == {1}
    assert f", 1 of {os.cpu_count()} cores" in runner.snapshot().device


@pytest.mark.parametrize("steps", [None, 3], ids=["running", "paused"])
def test_a_stop_from_elsewhere_ends_it_paused_or_not(runner, config, small, steps):
    notebook = start(runner, config.replace(epochs=500), small, steps)
    until(lambda: runner.snapshot().step >= 3 and (steps is None or runner.snapshot().state == "paused"))
    notebook.stopped_elsewhere = True
    runner.wait(30)
    assert runner.snapshot().state == "stopped" and notebook.ended[0].state == "stopped"
