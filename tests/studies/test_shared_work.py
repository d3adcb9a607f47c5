"""Trials are carried out once each, whoever is killed meanwhile; hopeless ones are stopped, wrong ones fail alone."""

from __future__ import annotations

import os
import shutil
import signal
import time
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError
from cnnlab.runs import launch, stop_request, store
from cnnlab.runs.ownership import in_training
from cnnlab.studies import journal as journals
from cnnlab.studies.axes import Axis
from cnnlab.studies.plan import Plan
from cnnlab.studies.shared_work import Ended, check, work
from cnnlab.training.config import TrainConfig
from cnnlab.training.loop import TrainingLoop
from tests.support.processes import ended, started

pytestmark = pytest.mark.slow

TINY = TrainConfig(
    recipe="tiny", epochs=2, train_images=300, batch_size=50, eval_images=50, device="cpu",
    options={"channels": (2, 2), "hidden": 8},
)  # fmt: skip
RATES = Plan(TINY, (Axis("learning_rate", (1e-4, 1e-3, 1e-2)),), seeds=3, pruning=False)


@pytest.fixture
def root(tmp_path, monkeypatch):
    """The folder of runs; 500 validation images and 100 test images."""
    monkeypatch.setenv("CNNLAB_CHECKPOINTS", str(tmp_path))
    monkeypatch.setattr(launch, "split", lambda name, train, test: split(name, train.part(0, 5_000), test.part(0, 100)))
    return tmp_path


def worked(journal: journals.Journal, root: Path, most: int = 1_000) -> list[Ended]:
    """What ended; interrupted after `most` of them."""
    found: list[Ended] = []
    work(journal, root, lambda: len(found) >= most, found.append)
    return found


def folders(root: Path) -> set[str]:
    return {each.name for each in root.iterdir() if each.is_dir() and not each.name.startswith(".")}


def work_on(pipe: Connection, name: str, root: Path) -> None:
    """For a process of its own: sends the run of every trial that it ends."""
    work(journals.opened(name), root, lambda: False, lambda trial: pipe.send(trial.run))


@pytest.mark.slow
def test_nine_trials_over_two_processes_killed_in_the_middle_and_gone_on_with_are_nine_runs(root):
    journal = journals.made(RATES)
    pair = [started(work_on, journal.name, root) for _ in range(2)]
    first, second = pair[0][1].recv(), pair[1][1].recv()
    assert first != second
    for process, _ in pair:  # in the middle of a trial each
        os.kill(process.pid, signal.SIGKILL)
    assert [ended(process) for process, _ in pair] == [-signal.SIGKILL] * 2
    before = {run.name: (run.path / "run.json").read_bytes() for run in finished(root)}
    assert 2 <= len(before) == journal.counts.finished < 7
    pair = [started(work_on, journal.name, root) for _ in range(2)]
    assert [ended(process) for process, _ in pair] == [0, 0]

    runs, unreadable = store.list_runs(root)
    assert len(runs) == 9 == len(folders(root)) and not unreadable
    assert sorted(run.record.study.trial for run in runs) == list(range(9)), "no trial twice"
    assert {(run.config.learning_rate, run.config.seed) for run in runs} == {
        (rate, seed) for rate in (1e-4, 1e-3, 1e-2) for seed in (0, 1, 2)
    }
    assert all(run.outcome.state == "finished" and run.epochs == (0, 1, 2) for run in runs)
    assert journal.counts == journals.Counts(9, 9, 0, 0)
    assert {name: (root / name / "run.json").read_bytes() for name in before} == before, "what had ended is as it was"
    assert worked(journal, root) == [], "nothing is left"


def finished(root: Path) -> list[store.Run]:
    return [run for run in store.list_runs(root)[0] if run.outcome and run.outcome.state == "finished"]


@pytest.mark.slow
def test_a_killed_run_is_gone_on_with_and_ends_as_if_it_had_not_been(root):
    plan = Plan(TINY.replace(epochs=20), (Axis("learning_rate", (1e-3, 1e-2)),))
    journal = journals.made(plan)
    process, _ = started(work_on, journal.name, root)
    name = ""
    while not name:
        time.sleep(0.01)
        name = next((run.name for run in store.list_runs(root)[0] if run.epochs[-1] >= 2), "")
    os.kill(process.pid, signal.SIGKILL)
    ended(process)
    killed = store.open_run(root / name)
    assert killed.outcome is None and killed.can_go_on and killed.epochs[-1] < 20
    assert [each.state for each in worked(journal, root)] == ["finished"] * 2
    again = store.open_run(root / name)
    assert again.record.created == killed.record.created and len(folders(root)) == 2
    alone = launch.prepare(again.config, root)
    loop = alone.loop(alone.open_recorder())
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    outcome = loop.finish(stopped=False)
    loop.recorder.close()
    assert (outcome.val_accuracy, outcome.test_loss) == (again.outcome.val_accuracy, again.outcome.test_loss)


def test_while_a_trial_is_in_training_nobody_else_takes_it(root):
    journal = journals.made(Plan(TINY, (), seeds=2))
    seen = []

    def look(trial: Ended) -> None:
        seen.append(trial.run)

    def busy() -> bool:
        running = [each for each in folders(root) if in_training(root / each)]
        if running and not seen:
            other = journals.opened(journal.name)
            with other.alone():
                taken = other.take(lambda run: not in_training(root / run))
            assert taken is None or taken.trial.number == 1
            if taken:  # as if its process were killed at once
                seen.append("")
        return False

    work(journal, root, busy, look)
    assert len(seen) == 3 and journal.counts.finished == 2 == len(folders(root))


def test_what_is_left_of_a_trial_that_was_hardly_begun_is_begun_anew_without_a_second_run(root):
    journal = journals.made(Plan(TINY, (Axis("learning_rate", (1e-3, 1e-2)),)))
    with journal.alone():
        for remnant in ("without anything", "without its state"):
            taken = journal.take(lambda run: False)
            prepared = launch.prepare(journal.plan.config(taken.trial.params), root, study=journal.mark(taken.trial))
            recorder = prepared.open_recorder()
            taken.trial.set_user_attr(journals.RUN, recorder.name)
            if remnant == "without its state":
                prepared.loop(recorder).begin()
                (recorder.path / store.STATE).unlink()
            recorder._owner.release()
    assert [(each.number, each.state) for each in worked(journal, root)] == [(0, "finished"), (1, "finished")]
    assert len(folders(root)) == 2


def test_a_run_that_finished_without_having_been_noted_is_noted_and_a_renamed_one_is_found(root):
    journal = journals.made(Plan(TINY, (Axis("learning_rate", (1e-3, 1e-2)),)))
    worked(journal, root)
    accuracies = {run.record.study.trial: run.outcome.val_accuracy for run in store.list_runs(root)[0]}
    shutil.move(next(root.glob("tiny*")), root / "renamed")
    shutil.rmtree(root / ".studies")  # the same study again, in which nobody has ended anything
    journal = journals.made(journal.plan)
    with journal.alone():
        while taken := journal.take(lambda run: False):
            taken.trial.set_user_attr(journals.RUN, "of before")
    assert {each.number: each.accuracy for each in worked(journal, root)} == accuracies
    assert len(folders(root)) == 2 and journal.counts.finished == 2


def test_a_hopeless_run_is_stopped_and_none_where_that_is_switched_off(root):
    rates = (3e-3, 4e-3, 5e-3, 6e-3, 1e-8)
    base = TINY.replace(epochs=2, train_images=1_000, batch_size=20, options={"channels": (4, 4), "hidden": 16})
    found = worked(journal := journals.made(Plan(base, (Axis("learning_rate", rates),))), root)
    assert [each.state for each in found] == ["finished"] * 4 + ["pruned"]
    run = store.open_run(root / found[-1].run)
    assert run.outcome.state == "stopped" and run.outcome.epochs == 1 and run.can_go_on
    assert run.outcome.val_accuracy == found[-1].accuracy < min(each.accuracy for each in found[:-1])
    assert journal.counts == journals.Counts(5, 4, 1, 0)
    found = worked(journals.made(Plan(base, (Axis("learning_rate", rates),), pruning=False)), root)
    assert [each.state for each in found] == ["finished"] * 5


def test_an_interrupted_trial_is_gone_on_with(root):
    journal = journals.made(Plan(TINY, (), seeds=2))
    began = time.monotonic()
    found: list[Ended] = []
    asked = iter(range(10**6))
    work(journal, root, lambda: next(asked) > 60, found.append)
    assert time.monotonic() - began < 20 and len(found) < 2 and journal.counts.ended == len(found)
    assert [run for run in store.list_runs(root)[0] if run.can_go_on]
    found += worked(journal, root)
    assert sorted(each.number for each in found) == [0, 1] and len(folders(root)) == 2


def test_a_run_that_is_asked_to_stop_ends_the_work_and_is_gone_on_with(root, monkeypatch):
    journal = journals.made(Plan(TINY, (), seeds=2))
    advance = TrainingLoop.advance

    def asking(loop: TrainingLoop) -> None:
        advance(loop)
        stop_request.ask(root / loop.recorder.name)

    monkeypatch.setattr(TrainingLoop, "advance", asking)
    monkeypatch.setattr(stop_request, "LOOK_SECONDS", 0.0)
    assert worked(journal, root) == [] and journal.counts.ended == 0
    (run,) = store.list_runs(root)[0]
    assert run.can_go_on and run.outcome.state == "stopped"
    monkeypatch.setattr(TrainingLoop, "advance", advance)
    assert sorted(each.number for each in worked(journal, root)) == [0, 1] and len(folders(root)) == 2


def test_a_run_that_fails_ends_alone(root, monkeypatch):
    advance = TrainingLoop.advance

    def failing(loop: TrainingLoop) -> None:
        if not loop.trainer.config.seed:
            raise CnnlabError("The loss is no longer a number.")
        advance(loop)

    monkeypatch.setattr(TrainingLoop, "advance", failing)
    found = worked(journal := journals.made(Plan(TINY, (), seeds=2)), root)
    assert [each.state for each in found] == ["failed", "finished"] and "no longer a number" in found[0].error
    assert store.open_run(root / found[0].run).outcome.state == "failed"
    assert journal.counts == journals.Counts(2, 1, 0, 1)


def test_what_no_trial_could_do_without_is_asked_for_before_anything_starts(root):
    for base, axes, said in (
        (TINY.replace(start_from="nobody"), (), "There is no run 'nobody'"),
        (TINY, (Axis("freeze", ("conv1", "conv7")),), "freeze is 'conv7'"),
        (TINY.replace(dataset="folder:gone"), (), "gone"),
    ):
        with pytest.raises(CnnlabError, match=said):
            check(Plan(base, axes, seeds=2))
    assert not folders(root)


def test_a_file_that_names_a_folder_outside_is_refused(root):
    (root / "runs").mkdir()
    (root / "kept").mkdir()
    journal = journals.made(Plan(TINY, (), seeds=2))
    for name in ("../kept", "..", ""):
        with journal.alone():
            journal.take(lambda run: True).trial.set_user_attr(journals.RUN, name)
        with pytest.raises(CnnlabError, match=f"names the run '{name}', which is no folder of"):
            worked(journal, root / "runs")
    assert (root / "kept").exists()


def test_a_run_in_training_whose_long_name_has_a_number_is_left_alone(root):
    journal = journals.made(Plan(TINY.replace(recipe="t" * 70), (), seeds=2))
    (root / ("t" * 60)).mkdir()
    with journal.alone():
        trial = journal.take(lambda run: False).trial
        writer = launch.prepare(TINY, root, name=journal.plan.run_name(trial.params)).open_recorder()
        trial.set_user_attr(journals.RUN, writer.name)
    assert writer.name == "t" * 60 + "-2" and [each.number for each in worked(journal, root)] == [1]
    writer.close()
