"""A study on disk, with Optuna as its engine: every trial is entered when it is made, and taken by one process.

Optuna is imported with this file: import it when a study is asked for.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import JournalStorage
from optuna.trial import FrozenTrial, Trial, TrialState

from cnnlab.common import files, paths
from cnnlab.common.text import first_line
from cnnlab.errors import CnnlabError
from cnnlab.runs import names
from cnnlab.studies.axes import Axis
from cnnlab.studies.journal_file import JournalFile
from cnnlab.studies.plan import SEED, Plan
from cnnlab.training.results import StudyMark

ENDING = ".journal"
UNPRUNED = 4  # runs that must have ended before another is stopped for being behind them
PLAN, RUN = "plan", "run"  # what is noted of a study; of a trial: the name of its run

optuna.logging.set_verbosity(optuna.logging.ERROR)


@dataclass(frozen=True)
class Counts:
    """How many trials a study has, and how many of them ended how."""

    trials: int
    finished: int
    pruned: int
    failed: int

    @property
    def ended(self) -> int:
        """All that are not to be worked on any more."""
        return self.finished + self.pruned + self.failed


@dataclass(frozen=True)
class Taken:
    """A trial to be worked on. before: another process has worked on it, and is gone."""

    trial: Trial
    before: bool


class Journal:
    """One study, open to be worked on; any number of processes may have it open."""

    def __init__(self, path: Path):
        """Raises CnnlabError where the file is no study."""
        self.name = path.name.removesuffix(ENDING)
        try:
            self._file = JournalFile(path)
            self._storage = JournalStorage(self._file)
            study = optuna.load_study(study_name=self.name, storage=self._storage)
            self.plan = Plan.from_dict(study.user_attrs[PLAN])
            pruner = optuna.pruners.MedianPruner(n_startup_trials=UNPRUNED) if self.plan.pruning else None
            self._study = optuna.load_study(
                study_name=self.name, storage=self._storage, pruner=pruner or optuna.pruners.NopPruner()
            )
        except Exception as error:  # a damaged file fails in many ways
            raise CnnlabError(f"{path} is damaged or no study ({first_line(error)}): restore or remove it.") from error

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Keep all other processes from taking a trial or changing the study meanwhile."""
        with self._file.lock:
            yield

    def take(self, gone: Callable[[str], bool]) -> Taken | None:
        """A trial to be worked on, within alone(): one whose process is gone, else one that waits; None for none left.

        gone: whether nobody works any more on the run of that name; a trial without one was not even begun.
        """
        for trial in self._trials(TrialState.RUNNING):
            if RUN not in trial.user_attrs or gone(trial.user_attrs[RUN]):
                return Taken(Trial(self._study, self._id(trial.number)), before=True)
        return Taken(self._study.ask(), before=False) if self._trials(TrialState.WAITING) else None

    def mark(self, trial: Trial) -> StudyMark:
        """What its run says of itself."""
        return StudyMark(self.name, trial.number, self.plan.size, self.plan.varied)

    def hopeless(self, trial: Trial, epoch: int, accuracy: float) -> bool:
        """Note a validation accuracy, 0..1; whether the run is so far behind the others that it should be stopped."""
        if epoch not in self._trials()[trial.number].intermediate_values:  # it is, where the run was begun anew
            trial.report(accuracy, epoch)
        return trial.should_prune()

    def complete(self, trial: Trial, accuracy: float) -> None:
        """Note that its run has finished, with this validation accuracy, 0..1."""
        self._study.tell(trial.number, accuracy)

    def prune(self, trial: Trial) -> None:
        """Note that its run was stopped for being behind."""
        self._study.tell(trial.number, state=TrialState.PRUNED)

    def fail(self, trial: Trial) -> None:
        """Note that its run ended with an error."""
        self._study.tell(trial.number, state=TrialState.FAIL)

    @property
    def counts(self) -> Counts:
        """How far it is."""
        ended = (TrialState.COMPLETE, TrialState.PRUNED, TrialState.FAIL)
        return Counts(len(self._trials()), *(len(self._trials(state)) for state in ended))

    def _trials(self, *states: TrialState) -> list[FrozenTrial]:
        return self._study.get_trials(deepcopy=False, states=states or None)

    def _id(self, number: int) -> int:
        study = self._storage.get_study_id_from_name(self.name)
        return self._storage.get_trial_id_from_study_id_trial_number(study, number)


def opened(name: str) -> Journal:
    """The study of that name. Raises CnnlabError naming those there are."""
    path = _path(names.cleaned(name))
    if not path.exists():
        known = ", ".join(sorted(each.name.removesuffix(ENDING) for each in path.parent.glob(f"[!.]*{ENDING}")))
        raise CnnlabError(f"There is no study {name!r} in {path.parent}: choose one of {known or 'none yet'}.")
    return Journal(path)


def made(plan: Plan, name: str = "") -> Journal:
    """The study of this plan: the one that was begun with it, else a new one.

    name: what it is called; by default after the plan, with a number where another plan has that name. Raises
    CnnlabError where the name that was given is another plan's, or settings do not go together.
    """
    stem = names.checked(name, "study") if name else plan.stem
    folder = paths.studies()
    folder.mkdir(parents=True, exist_ok=True)
    with files.locked(folder / "studies"):
        number, called = 1, stem
        while _path(called).exists():
            found = Journal(_path(called))
            if found.plan == plan:
                return found
            if name:
                raise CnnlabError(
                    f"The study {called!r} has other settings: go on with them by --resume {called}, or choose "
                    "another --name."
                )
            number += 1
            called = f"{stem[: names.LONGEST - 4]}-{number}"
        _write(plan, called, folder)
    return Journal(_path(called))


def _path(name: str) -> Path:
    return paths.studies() / f"{name}{ENDING}"


def _write(plan: Plan, name: str, folder: Path) -> None:
    """Make the study's file with all its trials, whole or not at all."""
    cells = plan.cells(_drawn(plan) if plan.random else plan.grid)
    for cell in cells:
        plan.config(cell)  # raises for values that do not go together
    space = _distributions(plan)
    with files.passing_folder(folder, name) as passing:
        file = JournalFile(passing / name)
        study = optuna.create_study(study_name=name, storage=JournalStorage(file), direction="maximize")
        study.set_user_attr(PLAN, plan.as_dict())
        for cell in cells:
            waiting = optuna.trial.create_trial(state=TrialState.WAITING, params=cell, distributions=space)
            study.add_trial(waiting)
        file.path.replace(_path(name))


def _drawn(plan: Plan) -> list[dict[str, Any]]:
    """As many settings as the plan draws, the same for the same plan."""
    sampler = optuna.samplers.RandomSampler(seed=plan.base.seed)
    drawing = optuna.create_study(sampler=sampler)
    space = {axis.name: _distribution(axis) for axis in plan.axes}
    return [drawing.ask(space).params for _ in range(plan.random)]


def _distributions(plan: Plan) -> dict[str, BaseDistribution]:
    first = plan.base.seed
    return {axis.name: _distribution(axis) for axis in plan.axes} | {
        SEED: IntDistribution(first, first + plan.seeds - 1)
    }


def _distribution(axis: Axis) -> BaseDistribution:
    if not axis.ranges:
        return CategoricalDistribution(axis.values)
    if axis.whole:
        return IntDistribution(int(axis.low), int(axis.high), log=axis.logarithmic)
    return FloatDistribution(axis.low, axis.high, log=axis.logarithmic)
