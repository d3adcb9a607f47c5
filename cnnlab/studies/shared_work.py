"""Working on a study beside other processes: one trial after another, each an ordinary run.

Who takes a trial opens its run before anybody else may take one. The run's folder then says that it is in training
for as long as that process lives, so a trial that was taken and whose run is not in training is nobody's: its run is
gone on with, or begun anew where nothing of it was kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from optuna.trial import Trial

from cnnlab.data.datasets.mnist import Progress
from cnnlab.errors import CnnlabError
from cnnlab.runs import folders, launch, store, trash
from cnnlab.runs.ownership import in_training
from cnnlab.studies.journal import RUN, Journal, Taken
from cnnlab.studies.plan import Plan
from cnnlab.training.devices import resolve
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.loop import NotSavedError, Recorder, TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.runner import explain

SOURCES = ("network", "options", "start_from", "freeze", "teacher")  # settings on which earlier runs must fit


@dataclass(frozen=True)
class Ended:
    """A trial that has ended. number: from 0; accuracy: of the validation images, 0..1; error: why it failed."""

    number: int
    run: str
    state: str  # finished, pruned or failed
    accuracy: float | None
    epochs: int
    seconds: float
    error: str = ""


def check(plan: Plan, on_progress: Progress | None = None) -> None:
    """Raises CnnlabError where the trials' data, device, or what they take from earlier runs cannot be had."""
    resolve(plan.base.device)
    parts = launch.data_of(plan.base, on_progress)
    settings = [{}] if plan.random else plan.grid  # what is drawn is a number, or among what a grid would have
    different = {tuple(getattr(config, name) for name in SOURCES): config for config in map(plan.config, settings)}
    for config in different.values():
        launch.sources(config, parts)


def work(
    journal: Journal,
    root: Path,
    interrupted: Callable[[], bool],
    on_ended: Callable[[Ended], None],
    on_progress: Progress | None = None,
) -> None:
    """Carry out trials, their runs under `root`, until none is left that nobody works on, or `interrupted`.

    Whoever asks one of its runs to stop interrupts it, too; a trial that is interrupted is left to whoever works on the
    study next. Raises CnnlabError as check does, and where runs cannot be kept; other errors end only their own trial.
    """
    check(journal.plan, on_progress)  # else a machine that lacks the data would have every trial fail
    with journal.alone():
        folders.sweep(root)
    while not interrupted():
        with journal.alone():
            taken = journal.take(lambda run: not in_training(_folder(root, run)))
            if taken is None:
                return
            begun = _begun(journal, taken, root, on_progress)
        if isinstance(begun, Ended):
            on_ended(begun)
            continue
        prepared, recorder = begun
        with closing(recorder):  # how it ended is noted before the run is given free
            ended = _carried_out(journal, taken.trial, prepared, recorder, interrupted)
        if ended is None:  # this process, or its run alone, by whoever watches: that means this process too
            return
        on_ended(ended)


def _begun(
    journal: Journal, taken: Taken, root: Path, on_progress: Progress | None
) -> tuple[PreparedRun, Recorder] | Ended:
    """The trial's run, open; or how it ended, where that was only not noted, or it cannot be."""
    trial = taken.trial
    run = _kept(journal, trial, root) if taken.before else None
    if run and run.outcome and run.outcome.state == "finished":
        accuracy = run.outcome.val_accuracy or 0.0
        journal.complete(trial, accuracy)
        return Ended(trial.number, run.name, "finished", accuracy, run.outcome.epochs, run.outcome.seconds)
    prepared = None
    if run:
        try:
            prepared = launch.resume(run, on_progress)
        except CnnlabError:  # where it stood was not kept: it is begun anew, and what there is goes to the bin
            trash.delete(run.path)
    if prepared is None:
        try:
            config = journal.plan.config(trial.params)
            called = journal.plan.run_name(trial.params)
            prepared = launch.prepare(config, root, on_progress, study=journal.mark(trial), name=called)
        except CnnlabError as error:
            journal.fail(trial)
            return Ended(trial.number, "", "failed", None, 0, 0.0, str(error))
    recorder = prepared.open_recorder()
    trial.set_user_attr(RUN, recorder.name)
    return prepared, recorder


def _kept(journal: Journal, trial: Trial, root: Path) -> store.Run | None:
    """What an earlier part of the trial left, whatever its folder is called now; a folder without a run is removed."""
    if name := trial.user_attrs.get(RUN):
        folder = _folder(root, name)
        if not (folder / "run.json").exists():
            shutil.rmtree(folder, ignore_errors=True)
    mark = journal.mark(trial)
    return next((run for run in store.list_runs(root)[0] if run.record.study == mark), None)


def _folder(root: Path, run: str) -> Path:
    """The run's folder. Raises CnnlabError where the study's file, which anybody may have written, means another."""
    if Path(run).name != run or run in ("", ".", ".."):
        raise CnnlabError(f"The study's file names the run {run!r:.80}, which is no folder of {root}: it is damaged.")
    return root / run


def _carried_out(
    journal: Journal, trial: Trial, prepared: PreparedRun, recorder: Recorder, interrupted: Callable[[], bool]
) -> Ended | None:
    """Train; note how it ended, and return it: None where it was interrupted."""
    loop: TrainingLoop | None = None
    try:
        loop = prepared.loop(recorder)
        loop.trainer.interrupted = lambda: interrupted() or recorder.stop_asked()
        hopeless = _trained(journal, trial, loop)
        outcome = loop.finish(stopped=hopeless)
    except InterruptionError:
        assert loop
        loop.finish(stopped=True)
        return None
    except NotSavedError:
        raise
    except Exception as error:  # a learning rate that is too high, a network too large: the others go on
        said = explain(error)
        if loop:
            loop.fail(said)
        journal.fail(trial)
        return Ended(trial.number, recorder.name, "failed", None, loop.trainer.epoch if loop else 0, 0.0, said)
    if hopeless:
        journal.prune(trial)
    else:
        journal.complete(trial, outcome.val_accuracy or 0.0)
    state = "pruned" if hopeless else "finished"
    return Ended(trial.number, recorder.name, state, outcome.val_accuracy, outcome.epochs, outcome.seconds)


def _trained(journal: Journal, trial: Trial, loop: TrainingLoop) -> bool:
    """Train to the end or until the run is hopeless; whether it is. Raises InterruptionError."""
    trainer = loop.trainer
    loop.begin()
    while not trainer.done:
        if trainer.interrupted():
            raise InterruptionError
        loop.advance()
        if trainer.at_epoch_end and not trainer.done:  # a run at its end costs nothing more
            accuracy = loop.history.epochs[-1].val_accuracy
            if accuracy is not None and journal.hopeless(trial, trainer.epoch, accuracy):
                return True
    return False
