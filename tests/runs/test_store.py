from __future__ import annotations

import dataclasses
import errno
import json
import os
import pickle
import re
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
import torch

from cnnlab import models
from cnnlab.common.files import replacing
from cnnlab.errors import CnnlabError
from cnnlab.runs.store import RunWriter, find_run, list_runs, load, load_file, open_run
from cnnlab.training.config import TrainConfig
from cnnlab.training.history import History
from cnnlab.training.results import DIVERGED, LEARNING_RATE, EpochResult, Event, Outcome
from tests.support.processes import ended, started

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copied(trained, tmp_path):
    """A trained run that a test may damage."""
    import shutil

    shutil.copytree(trained[0] / "small", tmp_path / "small")
    return tmp_path


def row(epoch: int) -> EpochResult:
    return EpochResult(epoch, epoch * 10, True, 1e-3, None, None, None, None, 0.0)


def test_a_run_is_found_with_all_its_epochs(trained):
    root, session = trained
    (run,), problems = list_runs(root)
    assert (run.name, run.epochs, problems) == ("small", (0, 1, 2), [])
    assert run.config == session.trainer.config
    assert run.results == tuple(session.history.epochs)
    assert run.record.evaluations == tuple(session.history.evaluations)
    assert [step for step, _ in run.record.losses] == list(range(1, 41))
    assert [loss for _, loss in run.record.losses] == pytest.approx(session.history.losses.tolist(), abs=1e-5)
    assert run.outcome.state == "finished"


def test_a_checkpoint_answers_as_the_trained_network(trained, small):
    root, session = trained
    checkpoint = load(*find_run("small", root))
    x = small.test.images[:100].float() / 255
    torch.testing.assert_close(checkpoint.model(x), session.trainer.model.eval()(x), rtol=1e-4, atol=1e-5)
    assert (checkpoint.run, checkpoint.epoch, checkpoint.classes) == ("small", 2, small.train.classes)
    untrained = load(*find_run("small@0", root))
    assert untrained.epoch == 0 and untrained.digest != checkpoint.digest


def test_one_file_is_complete_without_its_neighbours(trained, tmp_path):
    alone = tmp_path / "epoch-001.safetensors"
    alone.write_bytes((trained[0] / "small" / "epoch-001.safetensors").read_bytes())
    checkpoint = load_file(alone)
    assert checkpoint.epoch == 1 and checkpoint.config.recipe == "small"


def test_metadata_of_a_file_says_what_it_is(trained):
    from safetensors import safe_open

    with safe_open(trained[0] / "small" / "epoch-002.safetensors", "pt") as file:
        metadata = file.metadata()
    assert set(metadata) == {"schema", "config", "epoch", "metrics", "classes", "image_shape", "versions"}
    assert json.loads(metadata["config"])["network"] == "simple-cnn" and metadata["epoch"] == "2"
    assert json.loads(metadata["metrics"])["val_accuracy"] > 0.5


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("nowhere", "no run 'nowhere'.*small"),
        ("small@9", "no epoch '9': choose one of 0, 1, 2"),
        ("small@x", "no epoch 'x'"),
        ("small@-1", "no epoch '-1'"),
    ],
)
def test_wrong_references_are_sentences(trained, reference, said):
    with pytest.raises(CnnlabError, match=said):
        find_run(reference, trained[0])


def test_a_run_is_found_by_its_path(trained, tmp_path):
    run, epoch = find_run(f"{trained[0] / 'small'}@1", tmp_path)
    assert (run.name, epoch) == ("small", 1)


def test_a_recipes_name_leads_out_of_no_folder(tmp_path):
    root = tmp_path / "runs"
    writer = RunWriter(root, TrainConfig(recipe="../escaped"), ["a", "b"], (1, 28, 28))
    assert writer.path.parent == root and list(tmp_path.iterdir()) == [root]


def test_names_are_not_taken_twice(tmp_path):
    names = [RunWriter(tmp_path, TrainConfig(recipe="r"), ["a", "b"], (1, 28, 28)).name for _ in range(3)]
    assert names == ["r", "r-2", "r-3"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda whole: whole[: len(whole) // 2],
        lambda whole: b"",
        lambda whole: b"\x00" * 100,
        lambda whole: pickle.dumps({"weights": [1, 2, 3]}),
        lambda whole: b"\xff" * 8 + whole[8:],
        lambda whole: whole.replace(b"simple-cnn", b"simple-cat"),
    ],
    ids=["cut in half", "empty", "zeros", "a pickle", "absurd length", "other network"],
)
def test_a_damaged_file_is_refused_by_name(copied, damage):
    file = copied / "small" / "epoch-002.safetensors"
    file.write_bytes(damage(file.read_bytes()))
    run, _ = find_run("small", copied)
    with pytest.raises(CnnlabError) as caught:
        load(run, 2)
    assert str(file) in str(caught.value) or "simple-cat" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert load(run, 1).epoch == 1, "the other epochs are unharmed"


def test_weights_of_another_network_are_refused_by_name(copied):
    import safetensors.torch

    file = copied / "small" / "epoch-001.safetensors"
    from safetensors import safe_open

    with safe_open(file, "pt") as opened:
        metadata = opened.metadata()
    file.write_bytes(safetensors.torch.save({"conv1.weight": torch.zeros(3, 3)}, metadata))
    with pytest.raises(CnnlabError, match="epoch-001.safetensors is damaged or no cnnlab checkpoint"):
        load_file(file)


@pytest.mark.parametrize("content", ["", "{", "[]", '{"schema": 1}', '{"schema": 99}', '{"schema": 1, "config": {}}'])
def test_a_damaged_record_is_reported_and_skipped(copied, content):
    (copied / "broken").mkdir()
    (copied / "broken" / "run.json").write_text(content)
    runs, problems = list_runs(copied)
    assert [run.name for run in runs] == ["small"]
    assert [each.path for each in problems] == [copied / "broken"]
    assert str(copied / "broken") in problems[0].problem and "\n" not in problems[0].problem


@pytest.mark.slow
def test_a_full_disk_names_the_file_and_harms_nothing(copied, monkeypatch):
    writer = RunWriter(copied, TrainConfig(recipe="full"), ["a", "b"], (1, 28, 28))
    writer.save_epoch({"w": torch.zeros(3)}, [row(0)])
    before = {file: file.read_bytes() for file in writer.path.iterdir()}

    def full(descriptor):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CnnlabError, match=r"epoch-001.safetensors could not be saved \(No space left on device\)"):
        writer.save_epoch({"w": torch.ones(3)}, [row(0), row(1)])
    with pytest.raises(CnnlabError, match="run.json could not be saved"):
        writer.finish(Outcome("failed", 0, 0.0, 0.0), History(0))
    assert {file: file.read_bytes() for file in writer.path.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_a_sentence(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CnnlabError, match="could not be made"):
        RunWriter(tmp_path / "file", TrainConfig(), ["a"], (1, 28, 28))


def test_replacing_keeps_the_old_file_when_the_block_raises(tmp_path):
    target = tmp_path / "kept"
    target.write_text("old")
    with pytest.raises(KeyError), replacing(target) as file:
        file.write(b"half of the n")
        raise KeyError
    assert target.read_text() == "old" and list(tmp_path.iterdir()) == [target]


def save_for_ever(pipe: Connection, folder: Path) -> None:
    """Save an epoch of a network again and again, and say so."""
    writer = RunWriter(folder, TrainConfig(recipe="killed"), list("0123456789"), (1, 28, 28))
    state, epochs = models.build("simple-cnn").state_dict(), []
    for epoch in range(100_000):
        epochs.append(EpochResult(epoch, epoch, True, 1e-3, None, None, None, None, 0.0))
        writer.save_epoch(state, epochs[-3:])
        pipe.send(epoch)


@pytest.mark.slow
def test_kill_9_in_mid_save_never_leaves_a_damaged_checkpoint(tmp_path):
    """Kill a process that saves without pause, at many moments: whatever is listed must load."""
    for attempt in range(4):
        process, pipe = started(save_for_ever, tmp_path)
        for _ in range(3):
            pipe.recv()
        time.sleep(0.004 * attempt)
        process.kill()
        assert ended(process) != 0
    runs, problems = list_runs(tmp_path)
    assert len(runs) == 4 and problems == []
    for run in runs:
        assert len(run.epochs) >= 3
        assert all(load(run, epoch).epoch == epoch for epoch in run.epochs)


def test_torch_load_is_nowhere_in_the_product():
    for file in (ROOT / "cnnlab").rglob("*.py"):
        text = file.read_text()
        assert not re.search(r"(?<!safetensors\.)torch\.load\(|import pickle", text), file


def test_nothing_but_the_record_is_needed_to_list(trained):
    assert open_run(trained[0] / "small").epochs == (0, 1, 2)


def test_what_happened_on_the_way_is_kept_with_the_run(tmp_path, config):
    writer = RunWriter(tmp_path, config, [str(digit) for digit in range(10)], (1, 28, 28))
    writer.save_epoch({"weight": torch.zeros(1)}, [row(0)])
    history = History(30)
    history.add_steps([0.5] * 20, [0.5] * 20)
    history.events += [Event(4, LEARNING_RATE, 0.5), Event(9, DIVERGED)]
    writer.finish(Outcome("stopped", 0, 1.0, 100.0), history)
    assert open_run(writer.path).record.events == tuple(history.events)


def test_of_a_long_run_the_untrained_the_best_and_the_last_weights_are_kept(tmp_path):
    writer = RunWriter(tmp_path, TrainConfig(keep=2), ["a", "b"], (1, 28, 28))
    rows, kept = [], []
    for epoch, accuracy in enumerate([0.1, 0.5, 0.8, 0.7, 0.9, 0.6, 0.6, 0.9]):
        rows.append(EpochResult(epoch, epoch, True, 0.1, None, None, 1.0, accuracy, 1.0))
        writer.save_epoch({"weight": torch.ones(1)}, rows)
        kept.append(open_run(writer.path).epochs)
    assert kept[-3:] == [(0, 4, 5), (0, 4, 5, 6), (0, 6, 7)], "of two equally good epochs the later is the best"
    run = open_run(writer.path)
    assert len(run.results) == 8 and run.best_epoch == 7
    assert find_run("custom@best", tmp_path)[1] == 7 and find_run("custom", tmp_path)[1] == 7


def test_the_best_epoch_is_one_of_those_kept(trained):
    run = find_run("small", trained[0])[0]
    assert run.best_epoch == run.outcome.best_epoch == find_run("small@best", trained[0])[1]
    assert dataclasses.replace(run, epochs=(0,)).best_epoch == 0
