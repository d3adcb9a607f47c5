"""Which of the runs in a folder other processes train, found by their marks."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from cnnlab.errors import CnnlabError
from cnnlab.runs import progress_log, store
from cnnlab.runs.ownership import MARK, in_training
from cnnlab.runs.run_elsewhere import RunElsewhere

LOOK_SECONDS = 1.0  # between two looks for marks, however many pages ask


class Elsewhere:
    """Follows the newest run in training, with the other lanes of its race; of one that has ended, how it ended.

    Any thread may call any method.
    """

    def __init__(self, root: Path):
        self._root = root
        self._lock = threading.Lock()
        self._next_look = 0.0
        self._followed: dict[Path, RunElsewhere] = {}
        self._watched: tuple[RunElsewhere, ...] = ()

    def watched(self) -> tuple[RunElsewhere, ...]:
        """The run in training that began last, first; else the one that was; empty where there was none."""
        with self._lock:
            if time.monotonic() >= self._next_look:
                self._look()
                self._next_look = time.monotonic() + LOOK_SECONDS
            return self._watched

    def forget(self) -> None:
        """Let go of what has ended, because something else is watched now."""
        with self._lock:
            self._followed, self._watched = {}, ()

    def _look(self) -> None:
        still = [run for run in self._watched if (run.path / "run.json").exists()]  # else renamed or deleted
        found = {run.path: run for run in self._going(still)}
        going = [run for run in found.values() if run.snapshot().active]
        self._watched = _with_its_race(max(going, key=lambda run: run.begun), [*still, *going]) if going else (*still,)
        self._followed = found | {run.path: run for run in self._watched}

    def _going(self, still: list[RunElsewhere]) -> Iterable[RunElsewhere]:
        known = self._followed | {run.path: run for run in still}
        for mark in self._root.glob(f"*/{MARK}"):
            folder = mark.parent
            if (folder / progress_log.NAME).exists() and in_training(folder):
                with contextlib.suppress(CnnlabError):  # its first epoch is not there yet
                    yield known.get(folder) or RunElsewhere(store.open_run(folder))


def _with_its_race(newest: RunElsewhere, others: Iterable[RunElsewhere]) -> tuple[RunElsewhere, ...]:
    """The run alone, or in front of the others of its race."""
    lane = newest.snapshot().lane
    if lane is None:
        return (newest,)
    race = {run.path: run for run in others if (mark := run.snapshot().lane) and mark.race == lane.race}
    return tuple(sorted(race.values(), key=lambda run: run.begun))
