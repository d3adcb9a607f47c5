"""What came of a study, from its runs alone: each setting with mean and spread over its seeds, the best first."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.common.text import counted
from cnnlab.runs.store import Run
from cnnlab.studies.axes import plain, spelled, value_of
from cnnlab.training.results import newest


@dataclass(frozen=True)
class StudyRun:
    """One run of a study. values: of what is varied, in the study's order; accuracies 0..1, None where not measured.

    state: finished, stopped, failed, training or unfinished; val_accuracy: the newest.
    """

    run: str
    values: tuple[Any, ...]
    seed: int
    state: str
    val_accuracy: float | None
    test_accuracy: float | None
    epochs: int


@dataclass(frozen=True)
class Standing:
    """One setting of a study and its runs, at least one."""

    varied: tuple[str, ...]
    runs: tuple[StudyRun, ...]

    @property
    def values(self) -> tuple[Any, ...]:
        """Of what is varied, in the study's order."""
        return self.runs[0].values

    @property
    def words(self) -> str:
        """Its values for people: learning rate 0.001, optimizer adam."""
        named = (f"{plain(name)} {spelled(value)}" for name, value in zip(self.varied, self.values, strict=True))
        return ", ".join(named) or "the recipe's settings"

    @property
    def finished(self) -> tuple[StudyRun, ...]:
        """Its runs that went to their end."""
        return tuple(each for each in self.runs if each.state == "finished" and each.val_accuracy is not None)

    @property
    def stopped(self) -> int:
        """How many of its runs did not, and will not unless somebody goes on with them."""
        return sum(each.state in ("stopped", "failed") for each in self.runs)

    @property
    def mean(self) -> float | None:
        """The mean validation accuracy of its finished runs, 0..1."""
        return _mean([each.val_accuracy for each in self.finished])

    @property
    def test_mean(self) -> float | None:
        """The mean test accuracy of its finished runs, 0..1; nothing is chosen by it."""
        return _mean([each.test_accuracy for each in self.finished])

    @property
    def spread(self) -> float | None:
        """The standard deviation of its finished runs' validation accuracies, 0..1; None for fewer than two."""
        found = [each.val_accuracy for each in self.finished if each.val_accuracy is not None]
        return statistics.stdev(found) if len(found) > 1 else None


def of(runs: Sequence[Run]) -> list[Standing]:
    """The settings of the runs of one study, those without a finished run last.

    A setting of which a run was stopped comes after all others: the mean of its finished ones flatters it.
    """
    found: dict[tuple[str, ...], list[StudyRun]] = defaultdict(list)
    varied = next((run.record.study.varied for run in runs if run.record.study), ())
    for run in runs:
        row = _row(run, varied)
        found[tuple(map(spelled, row.values))].append(row)
    standings = [Standing(varied, tuple(sorted(rows, key=lambda each: each.seed))) for rows in found.values()]
    return sorted(standings, key=lambda each: (each.mean is None, each.stopped > 0, -(each.mean or 0)))


def sentence(standings: Sequence[Standing]) -> str:
    """Which setting is best, by how much, and of how many."""
    best = next((each for each in standings if each.mean is not None), None)
    if best is None or best.mean is None:
        return "No run of it has finished yet"
    runs = len(best.finished)
    spread = f" ± {100 * best.spread:.2f}" if best.spread is not None else ""
    over = f", mean of {counted(runs, 'seed')}" if runs > 1 else ""
    return (
        f"Best of {counted(len(standings), 'setting')}: {best.words}, with {100 * best.mean:.2f}{spread} % of the "
        f"validation images right{over}"
    )


def _row(run: Run, varied: Sequence[str]) -> StudyRun:
    outcome = run.outcome
    return StudyRun(
        run=run.name,
        values=tuple(value_of(run.config, name) for name in varied),
        seed=run.config.seed,
        state=run.state,
        val_accuracy=newest(run.results, "val_accuracy"),
        test_accuracy=outcome.test_accuracy if outcome else None,
        epochs=run.epochs[-1],
    )


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return statistics.fmean(known) if known else None
