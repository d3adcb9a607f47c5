"""Runs that another process writes: what is appended, what is read of it, and how that process is asked to stop."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from cnnlab.cli.commands import main
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch, progress_log, stop_request, store
from cnnlab.runs.elsewhere import Elsewhere
from cnnlab.runs.ownership import MARK, in_training
from cnnlab.runs.progress_log import ProgressLog
from cnnlab.runs.progress_reader import ProgressReader
from cnnlab.runs.run_elsewhere import RunElsewhere
from cnnlab.runs.store import RunWriter
from cnnlab.training.live_report import MOST_LOSSES, LiveReport, thinned
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.results import Evaluation
from cnnlab.training.runner import Runner
from cnnlab.training.trainer import Trainer
from tests.support.prepared import prepared, stopped_after
from tests.training.test_runner import until

DEVICE = torch.device("cpu")


@pytest.fixture(autouse=True)
def _every_look_looks(monkeypatch):
    monkeypatch.setattr("cnnlab.runs.elsewhere.LOOK_SECONDS", 0.0)
    monkeypatch.setattr("cnnlab.runs.run_elsewhere.LOOK_SECONDS", 0.0)
    monkeypatch.setattr("cnnlab.runs.stop_request.LOOK_SECONDS", 0.0)


@pytest.fixture
def going(config, small, tmp_path) -> TrainingLoop:
    """A run under way, whose folder others may watch."""
    writer = RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)
    loop = TrainingLoop(Trainer(config, small, DEVICE), writer)
    loop.begin()
    for _ in range(8):
        loop.advance()
    yield loop
    writer.close()


def watched(loop: TrainingLoop) -> RunElsewhere:
    return RunElsewhere(store.open_run(loop.recorder.path))


def report(step: int, **changes) -> LiveReport:
    evaluation = Evaluation(step, 1.0, 0.5, 1.0, 0.5)
    known = LiveReport("running", step, 0, 1_000, 100, 2_000, 1e-3, 1.0, 10.0, None, "cpu", ((step, 1.0),), evaluation)
    return dataclasses.replace(known, **changes)


def test_a_run_is_seen_as_its_own_process_sees_it(going):
    other, history = watched(going), going.history
    seen = other.snapshot()
    assert (seen.state, seen.active, seen.step, seen.total_steps) == ("running", True, 7, 40)
    assert seen.evaluations == tuple(history.evaluations) and seen.epochs == tuple(history.epochs)
    assert seen.loss_steps.tolist() == list(range(1, 8))
    assert seen.losses == pytest.approx(history.losses[:7], abs=1e-5)
    assert (seen.classes, seen.steps_per_epoch, seen.train_images) == (going.trainer.split.train.classes, 20, 2_000)
    assert other.live_weights().epoch == 0
    while not going.trainer.at_epoch_end:
        going.advance()
    seen, weights = other.snapshot(), other.live_weights()
    assert [row.epoch for row in seen.epochs] == [0, 1] and (weights.epoch, weights.step) == (1, 20)
    assert all(torch.equal(value, going.trainer.weights()[name]) for name, value in weights.tensors.items())
    assert other.live_weights() is weights, "read once"


def test_a_run_that_pauses_is_seen_to_pause_and_to_go_on(config, small, tmp_path):
    def writer():
        return RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)

    runner = Runner()
    runner.start(dataclasses.replace(prepared(config, small), open_recorder=writer), steps=3)
    until(lambda: runner.snapshot().state == "paused")
    other = RunElsewhere(store.open_run(tmp_path / runner.snapshot().run))
    until(lambda: other.snapshot().state == "paused")
    assert other.snapshot().step == 3 and other.snapshot().loss_steps.tolist() == [1, 2, 3]
    runner.step_batch()
    until(lambda: (other.snapshot().state, other.snapshot().step) == ("paused", 4))
    runner.set_pace(2.0)
    runner.resume()
    until(lambda: other.snapshot().state == "running")
    other.ask_to_stop()
    runner.wait(30)
    assert other.snapshot().state == "stopped"


def test_a_run_that_says_nothing_shows_that_it_goes_on(going, monkeypatch):
    file, long_ago = going.recorder.path / progress_log.NAME, time.time() - 1_000
    os.utime(file, (long_ago, long_ago))
    going.recorder.stop_asked()
    assert file.stat().st_mtime == pytest.approx(long_ago), "it was touched a moment ago"
    monkeypatch.setattr(going.recorder._log, "_next_beat", 0.0)
    going.recorder.stop_asked()
    assert file.stat().st_mtime > long_ago + 900


def test_the_numbers_of_a_run_do_not_depend_on_being_watched(going, config, small):
    alone = TrainingLoop(Trainer(config, small, DEVICE), stopped_recorder := Silent())
    alone.begin()
    for _ in range(8):
        alone.advance()
    assert np.array_equal(alone.history.losses, going.history.losses)
    assert alone.history.evaluations == going.history.evaluations and stopped_recorder.count > 3


class Silent:
    name, count = "silent", 0

    def report(self, report):
        self.count += 1

    def stop_asked(self):
        return False

    def save_epoch(self, weights, epochs):
        pass

    def save_state(self, state):
        pass


def test_how_a_run_ended_is_read_from_its_record(going):
    other = watched(going)
    assert other.snapshot().active
    outcome = going.finish(stopped=True)
    assert other.snapshot().active, "its process still holds it"
    going.recorder.close()
    ended = other.snapshot()
    assert (ended.state, ended.outcome, ended.step) == ("stopped", outcome, 8)
    assert ended.evaluations == tuple(going.history.evaluations) and len(ended.losses) == 8
    names = {file.name for file in going.recorder.path.iterdir()}
    assert progress_log.NAME not in names and MARK not in names and stop_request.NAME not in names


def test_of_a_process_that_is_gone_that_is_said(going):
    other, folder = watched(going), going.recorder.path
    assert other.snapshot().active
    going.recorder._owner._lock.release(force=True)  # what the system does with a process that is killed
    gone = other.snapshot()
    name = folder.name
    assert gone.state == "failed" and (folder / MARK).exists()
    assert gone.error == f"The process that trained {name} is gone; Resume goes on with {name}."
    assert gone.outcome.sentence == gone.error and gone.step == 7


@pytest.mark.slow
def test_who_watches_a_run_that_is_gone_on_with_sees_all_of_it(config, small, tmp_path):
    def writer():
        return RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)

    run = dataclasses.replace(prepared(config, small), open_recorder=writer)
    recorder = stopped_after(run, 25)
    again = store.open_run(recorder.path)
    loop = dataclasses.replace(run, state=store.load_state(again)).loop(second := RunWriter.reopened(again))
    loop.begin()
    loop.advance()
    other = watched(loop)
    seen = other.snapshot()
    assert seen.evaluations == tuple(loop.history.evaluations) and len(seen.evaluations) >= 8
    assert seen.loss_steps.tolist() == list(range(1, seen.step + 1)) and seen.state == "running"
    second.close()


def test_the_newest_run_in_training_is_watched_until_the_next_one(going, tmp_path, config, small):
    elsewhere = Elsewhere(tmp_path)
    assert [run.path for run in elsewhere.watched()] == [going.recorder.path]
    later = TrainingLoop(
        Trainer(config, small, DEVICE), RunWriter(tmp_path, config, small.train.classes, small.train.image_shape)
    )
    later.begin()
    assert [run.path for run in elsewhere.watched()] == [later.recorder.path]
    later.finish(stopped=True)
    later.recorder.close()
    assert [run.path for run in elsewhere.watched()] == [going.recorder.path], "what still goes on comes first"
    going.finish(stopped=True)
    going.recorder.close()
    (ended,) = elsewhere.watched()
    assert ended.path == going.recorder.path and ended.snapshot().state == "stopped"
    elsewhere.forget()
    assert elsewhere.watched() == ()
    assert Elsewhere(tmp_path / "nowhere").watched() == ()


# What is appended, and what is read of it


@pytest.fixture
def log(trained, tmp_path) -> tuple[ProgressLog, ProgressReader, Path]:
    file = tmp_path / progress_log.NAME
    return ProgressLog(tmp_path), ProgressReader(file, store.open_run(trained[0] / "small").record), file


def steps(reader: ProgressReader) -> list[int]:
    return [each.step for each in reader.read()[1]]


def test_half_a_line_is_never_read(log):
    writer, reader, file = log
    writer.append(report(1))
    assert steps(reader) == [1] and reader.begun > 0
    whole = line(report(2)) + b"\n"
    for end in (1, len(whole) // 2, len(whole) - 1):
        with file.open("ab") as opened:
            opened.write(whole[:end])
        assert steps(reader) == [], "it is not whole yet"
        os.truncate(file, file.stat().st_size - end)
    with file.open("ab") as opened:
        opened.write(whole)
    assert steps(reader) == [2] and steps(reader) == [] and reader.problem is None


def test_every_line_is_one_write(log, monkeypatch):
    writer, _, file = log
    written, plain = [], os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: written.append(data) or plain(descriptor, data))
    for step in range(5):
        writer.append(report(step))
    assert len(written) == 5 and all(data.endswith(b"\n") and data.count(b"\n") == 1 for data in written)
    assert b"".join(written) == file.read_bytes().split(b"\n", 1)[1]


def line(said: LiveReport, **changes) -> bytes:
    return json.dumps(dataclasses.asdict(said) | changes).encode()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"\x00\xff not JSON", "invalid JSON"),
        (b"{}", "state is missing"),
        (line(report(4), learning_rate=-1), "learning_rate is -1"),
        (line(report(4), step=2_000), "step is 2000 after 3, of 1000"),
        (line(report(4), step=2), "step is 2 after 3"),
        (line(report(4, evaluation=Evaluation(4, 1.0, 0.5, 1.0, 0.5, dead={"no": 1.0}))), "name the layer 'no'"),
    ],
    ids=["bytes", "empty", "negative", "beyond", "backwards", "layer"],
)
def test_a_damaged_line_is_left_out_with_a_sentence(log, line, why):
    writer, reader, file = log
    writer.append(report(3))
    with file.open("ab") as opened:
        opened.write(line + b"\n")
    writer.append(report(5))
    assert steps(reader) == [3, 5]
    assert f"line 3 of {file.parent.name}/progress.jsonl is damaged and was left out" in reader.problem
    assert why in reader.problem


def test_what_a_full_disk_cut_off_costs_that_line_alone(log, monkeypatch):
    writer, reader, _ = log
    plain = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, data: plain(descriptor, data[:50]))
    writer.append(report(1))
    monkeypatch.setattr(os, "write", plain)
    writer.append(report(2))
    writer.append(report(3))
    assert steps(reader) == [2, 3] and "line 2" in reader.problem


def test_a_folder_that_cannot_be_written_ends_no_training(going, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", full)
    going.measure()
    assert going.history.evaluations[-1].step == 8


def test_losses_that_are_no_numbers_arrive(log):
    writer, reader, _ = log
    writer.append(report(1, losses=((1, math.nan), (2, math.inf))))
    (found,) = reader.read()[1]
    assert math.isnan(found.losses[0][1]) and found.losses[1][1] == math.inf


def test_a_file_that_is_begun_anew_is_read_from_its_beginning(log):
    writer, reader, file = log
    writer.append(report(1))
    assert reader.read()[0] and not reader.read()[0]
    again = ProgressLog(file.parent)
    again.append(report(1))
    again.append(report(2))
    anew, reports = reader.read()
    assert anew and [each.step for each in reports] == [1, 2]


def test_a_very_long_run_fills_no_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(progress_log, "PART", 2_000)
    writer = ProgressLog(tmp_path)
    for step in range(3_000):
        writer.append(report(step % 1_000))
    size = (tmp_path / progress_log.NAME).stat().st_size
    assert size <= (progress_log.PARTS + 1) * 2_000
    assert size > 6 * 2_000, "later ones are among them"


def test_losses_are_thinned_and_the_last_is_among_them():
    losses = np.linspace(2, 1, 1_000, dtype=np.float32)
    found = thinned(losses, first=11)
    assert len(found) <= MOST_LOSSES + 1 and found[0] == (11, 2.0) and found[-1] == (1010, 1.0)
    assert thinned(losses[:3], first=1) == tuple((at + 1, round(float(losses[at]), 5)) for at in range(3))
    assert thinned(losses[:0], first=1) == ()


def test_memory_is_bounded(going, monkeypatch):
    monkeypatch.setattr("cnnlab.runs.run_elsewhere.MOST_POINTS", 10)
    other = watched(going)
    other.snapshot()
    for step in range(8, 40):
        going.recorder.report(report(step, total_steps=40))
    seen = other.snapshot()
    assert len(seen.evaluations) <= 20 and len(seen.losses) <= 20 and seen.step == 39


# Another machine, and Stop


def test_a_run_that_grows_from_another_machine_counts_as_in_training(going, monkeypatch):
    folder = going.recorder.path
    going.recorder._owner._lock.release(force=True)  # its lock is not seen here
    assert not in_training(folder)
    file = folder / progress_log.NAME
    head, rest = file.read_bytes().split(b"\n", 1)
    file.write_bytes(json.dumps(json.loads(head) | {"host": "another"}).encode() + b"\n" + rest)
    assert in_training(folder)
    (other,) = Elsewhere(folder.parent).watched()
    assert other.snapshot().state == "running" and other.snapshot().device.endswith("another process on another")
    with pytest.raises(CnnlabError, match="still training"):
        launch.resume(store.open_run(folder))
    before = time.time() - progress_log.STILL_SECONDS - 1
    os.utime(file, (before, before))
    assert not in_training(folder) and other.snapshot().state == "failed"


def test_stop_is_asked_once_and_seen_between_two_steps(going):
    other, folder = watched(going), going.recorder.path
    assert not going.recorder.stop_asked()
    other.ask_to_stop()
    assert other.snapshot().state == "stopping" and going.recorder.stop_asked()
    stop_request.withdraw(folder)
    assert going.recorder.stop_asked(), "it stays so"
    stop_request.ask(folder)
    assert not stop_request.StopRequest(folder).asked(), "an earlier part's does not count"
    with pytest.raises(CnnlabError, match="could not be asked to stop"):
        stop_request.ask(folder / "nowhere")


def test_the_command_line_stops_as_by_ctrl_c(tmp_path, monkeypatch, capsys):
    plain, looks = stop_request.StopRequest.asked, []

    def ask_at_the_third(self):
        looks.append(1)
        if len(looks) == 3:
            stop_request.ask(self._folder)
        return plain(self)

    monkeypatch.setattr(stop_request.StopRequest, "asked", ask_at_the_third)
    main(["train", "--recipe", "a0-simple-cnn", "--epochs", "3", "--device", "cpu", "--out", str(tmp_path),
          "--set", "train_images=100"])  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    run, _ = store.find_run(said["run"], tmp_path)
    assert said["state"] == run.outcome.state == "stopped" and run.can_go_on
    assert not (run.path / stop_request.NAME).exists()
