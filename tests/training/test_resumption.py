"""A run that is interrupted and gone on with ends as one that never was, to the last bit on a CPU."""

from __future__ import annotations

import itertools
import json

import pytest
import torch

from cnnlab.cli.commands import main
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch, store
from cnnlab.training.config import TrainConfig
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.loop import NotSavedError
from cnnlab.training.prepared_run import PreparedRun
from tests.support.prepared import stopped_after, trained_to_the_end

pytestmark = pytest.mark.slow

LAYERS = [
    {"kind": "conv", "channels": 4, "kernel": 5, "stride": 2},
    {"kind": "batch-norm"},
    {"kind": "activation"},
    {"kind": "dropout", "p": 0.3},
    {"kind": "conv", "channels": 6, "stride": 2},
    {"kind": "flatten"},
    {"kind": "dropout", "p": 0.2},
]
SETTINGS = {
    "adam, augmented": {"augment_rotation": 10.0, "augment_shift": 2.0},
    "sgd, momentum": {"optimizer": "sgd", "momentum": 0.9, "learning_rate": 0.05, "augment_elastic": 1.0},
    "rmsprop, average, one cycle": {"optimizer": "rmsprop", "ema": 0.99, "schedule": "one-cycle"},
    "adamw, plateau": {"optimizer": "adamw", "schedule": "plateau", "patience": 0, "learning_rate": 0.02},
    "sorted, zeros, raw pixels": {"order": "sorted", "weights": "zero", "pixels": "raw-255"},
    "early stopping": {"early_stopping": 1, "learning_rate": 0.03},
}


def config(**changes) -> TrainConfig:
    return TrainConfig(
        network="custom", options={"layers": LAYERS}, epochs=3, batch_size=100, eval_every=7, device="cpu", **changes
    )


def begun(settings: TrainConfig, split, root, stop_at: int):
    """A run that was stopped before its step `stop_at`, in the middle of that step's pass."""
    recorder = store.RunWriter(root, settings, split.train.classes, split.train.image_shape)
    loop = PreparedRun(settings, split, torch.device("cpu"), lambda: recorder).loop(recorder)
    loop.begin()
    while loop.trainer.step_count < stop_at:
        loop.advance()
    asked = itertools.count()
    loop.trainer.interrupted = lambda: next(asked) > 3  # after a few layers
    with pytest.raises(InterruptionError):
        loop.advance()
    loop.finish(stopped=True)
    recorder.close()
    return store.open_run(recorder.path)


def gone_on(run: store.Run, split):
    prepared = PreparedRun(
        run.config, split, torch.device("cpu"), lambda: store.RunWriter.reopened(run), state=store.load_state(run)
    )
    recorder = prepared.open_recorder()
    loop = prepared.loop(recorder)
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    loop.finish(stopped=False)
    recorder.close()
    return store.open_run(run.path)


@pytest.mark.parametrize("stop_at", [20, 33], ids=["between epochs", "within an epoch"])
@pytest.mark.parametrize("changes", SETTINGS.values(), ids=SETTINGS)
def test_it_ends_with_the_very_weights_of_an_uninterrupted_run(small, tmp_path, changes, stop_at):
    settings = config(**changes)
    whole = trained_to_the_end(settings, small, tmp_path / "whole")
    run = gone_on(begun(settings, small, tmp_path / "parts", stop_at), small)
    straight = store.open_run(whole.recorder.path)
    assert run.epochs == straight.epochs and run.outcome.state == "finished"
    for epoch in run.epochs:
        ours, theirs = (store.load(each, epoch).model.state_dict() for each in (run, straight))
        assert all(torch.equal(ours[name], theirs[name]) for name in theirs), epoch
    assert run.record.losses == straight.record.losses
    assert [(row.epoch, row.step, row.val_loss) for row in run.results] == [
        (row.epoch, row.step, row.val_loss) for row in straight.results
    ]
    assert run.outcome.test_accuracy == straight.outcome.test_accuracy


def test_spoiled_data_are_the_same_when_it_goes_on(tmp_path):
    faults = {"train_images": 700, "wrong_labels": 0.3, "order": "sorted", "seed": 4}
    settings = config(**faults).replace(epochs=2)
    prepared = launch.prepare(settings, tmp_path / "whole")
    whole = trained_to_the_end(settings, prepared.split, tmp_path / "whole")
    stopped = stopped_after(launch.prepare(settings, tmp_path / "parts"), 9)
    loop = launch.resume(store.open_run(stopped.path)).loop(store.RunWriter.reopened(store.open_run(stopped.path)))
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    loop.finish(stopped=False)
    loop.recorder.close()
    ours, theirs = loop.trainer.model.state_dict(), whole.trainer.model.state_dict()
    assert loop.trainer.total_steps == 14 and all(torch.equal(ours[name], theirs[name]) for name in theirs)


def test_the_command_line_goes_on_with_a_run(tmp_path, capsys):
    settings = config().replace(epochs=2, batch_size=10_000)
    recorder = stopped_after(launch.prepare(settings, tmp_path), 8)
    assert main(["train", "--resume", recorder.name, "--out", str(tmp_path), "--seed", "3"]) == 1
    assert "--resume goes on with a run's own settings" in capsys.readouterr().err
    assert main(["train", "--resume", recorder.name, "--out", str(tmp_path)]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["run"], said["state"], said["epochs"]) == (recorder.name, "finished", 2)
    run = store.open_run(recorder.path)
    assert run.epochs == (0, 1, 2) and not (run.path / store.STATE).exists()
    assert main(["train", "--resume", recorder.name, "--out", str(tmp_path)]) == 1
    assert "cannot be gone on with: it has finished" in capsys.readouterr().err


def test_a_killed_run_goes_on_from_its_last_epoch(small, tmp_path):
    settings = config()
    recorder = store.RunWriter(tmp_path, settings, small.train.classes, small.train.image_shape)
    loop = PreparedRun(settings, small, torch.device("cpu"), lambda: recorder).loop(recorder)
    loop.begin()
    while loop.trainer.step_count < 25:
        loop.advance()
    recorder._owner.release()  # as the end of its process would
    run = store.open_run(recorder.path)
    assert run.outcome is None and run.can_go_on
    whole = trained_to_the_end(settings, small, tmp_path / "whole")
    ours, theirs = (store.load(store.open_run(path), 3) for path in (gone_on(run, small).path, whole.recorder.path))
    assert all(map(torch.equal, ours.model.state_dict().values(), theirs.model.state_dict().values()))


def test_a_finished_run_and_one_in_training_cannot_be_gone_on_with(small, tmp_path):
    done = trained_to_the_end(config(), small, tmp_path)
    run = store.open_run(done.recorder.path)
    assert not run.can_go_on
    with pytest.raises(CnnlabError, match="cannot be gone on with: it has finished"):
        launch.resume(run)
    stopped = begun(config(), small, tmp_path, 5)
    other = store.RunWriter.reopened(stopped)
    assert not stopped.can_go_on
    with pytest.raises(CnnlabError, match="in training elsewhere"):
        store.RunWriter.reopened(stopped)
    other.close()
    assert stopped.can_go_on


def test_a_damaged_state_is_a_sentence_and_harms_no_epoch(small, tmp_path):
    run = begun(config(), small, tmp_path, 25)
    (run.path / store.STATE).write_bytes(b"\x10" + b"\x00" * 40)
    with pytest.raises(CnnlabError, match="state.safetensors is damaged .*: remove it"):
        store.load_state(run)
    assert store.load(run, 1).epoch == 1


def test_what_cannot_be_saved_is_said_and_training_goes_on(small, tmp_path, monkeypatch):
    settings = config()
    recorder = store.RunWriter(tmp_path, settings, small.train.classes, small.train.image_shape)
    loop = PreparedRun(settings, small, torch.device("cpu"), lambda: recorder).loop(recorder)
    loop.begin()
    monkeypatch.setattr(store, "PAUSES", ())
    refused = iter([True])

    def full(*_):
        if next(refused, False):
            raise OSError(24, "Too many open files")
        return plain(*_)

    plain = store.replacing
    monkeypatch.setattr(store, "replacing", full)
    said = set()
    while not loop.trainer.done:
        loop.advance()
        said.add(loop.unsaved)
    loop.finish(stopped=False)
    assert any("epoch-001.safetensors could not be saved (Too many open files)" in each for each in said if each)
    assert loop.unsaved is None, "a later epoch was saved"
    run = store.open_run(recorder.path)
    assert run.epochs == (0, 2, 3) and len(run.results) == 4


def test_a_save_is_tried_again(small, tmp_path, monkeypatch):
    monkeypatch.setattr(store, "PAUSES", (0.0, 0.0))
    tries = []

    def busy(*_):
        tries.append(1)
        if len(tries) < 3:
            raise OSError(24, "Too many open files")
        return plain(*_)

    plain = store.replacing
    monkeypatch.setattr(store, "replacing", busy)
    trained_to_the_end(config(), small, tmp_path)
    assert store.open_run(tmp_path / "custom").epochs == (0, 1, 2, 3)


def test_a_run_of_which_nothing_could_be_saved_leaves_no_folder(small, tmp_path, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(store, "PAUSES", ())
    monkeypatch.setattr(store, "replacing", full)
    recorder = store.RunWriter(tmp_path, config(), small.train.classes, small.train.image_shape)
    loop = PreparedRun(config(), small, torch.device("cpu"), lambda: recorder).loop(recorder)
    with pytest.raises(NotSavedError, match="No space left"):
        loop.begin()
    loop.fail("full")
    recorder.close()
    assert list(tmp_path.iterdir()) == []
