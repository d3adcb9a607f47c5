"""RunElsewhere: a run that another process writes, as the snapshots that pages know."""

from __future__ import annotations

import contextlib
import threading
import time
from pathlib import Path

import numpy as np

from cnnlab.errors import CnnlabError
from cnnlab.runs import progress_log, stop_request, store
from cnnlab.runs.ownership import in_training
from cnnlab.runs.progress_log import NAME
from cnnlab.runs.progress_reader import ProgressReader
from cnnlab.runs.store import Run
from cnnlab.training.hint_watcher import HintWatcher, replayed
from cnnlab.training.live_report import LiveReport
from cnnlab.training.results import Evaluation, Event, Outcome
from cnnlab.training.snapshot import LiveWeights, Snapshot

LOOK_SECONDS = 0.4  # between two looks at the disk, however many pages ask
MOST_POINTS = 4_000  # losses, and evaluations, held in memory: beyond that every second one is let go


class RunElsewhere:
    """Follows one run's folder. Any thread may call any method; the disk is looked at now and then only."""

    def __init__(self, run: Run):
        self._run = run
        self._stamp = 0
        self._lock = threading.Lock()
        self._reader = ProgressReader(run.path / NAME, run.record)
        self._next_look = 0.0
        self._begin()
        self._snapshot = Snapshot(run=run.name)
        self._weights: LiveWeights | None = None
        self._weights_lock = threading.Lock()

    def _begin(self) -> None:
        self._last: LiveReport | None = None
        self._losses: list[tuple[int, float]] = []
        self._evaluations: list[Evaluation] = []
        self._events: list[Event] = []
        self._epochs_seen = 0
        self._hints: HintWatcher | None = None

    @property
    def path(self) -> Path:
        """The run's folder."""
        return self._run.path

    @property
    def begun(self) -> int:
        """When the process that writes it began, in nanoseconds since 1970; 0 before anything was read."""
        return self._reader.begun

    def snapshot(self) -> Snapshot:
        """The run as it stands on the disk.

        Before its first report the state is idle. Once the process has let it go, it is as run.json says; failed where
        the process is gone without having ended the run.
        """
        with self._lock:
            if time.monotonic() >= self._next_look:
                self._look()
                self._next_look = time.monotonic() + LOOK_SECONDS
            return self._snapshot

    def live_weights(self) -> LiveWeights | None:
        """The newest epoch on the disk; the one before where that cannot be read just now; None before the first."""
        self.snapshot()  # looks for it
        run = self._run
        with self._weights_lock:
            if self._weights is None or self._weights.epoch != run.epochs[-1]:
                with contextlib.suppress(CnnlabError):  # for example on a mounted folder, where files come in parts
                    self._weights = self._read_weights(run)
            return self._weights

    def ask_to_stop(self) -> None:
        """Let its process stop. Raises CnnlabError where it cannot be asked."""
        stop_request.ask(self.path)
        with self._lock:
            self._next_look = 0.0

    def _read_weights(self, run: Run) -> LiveWeights:
        found = store.load(run, run.epochs[-1])
        step = next((row.step for row in run.results if row.epoch == found.epoch), 0)
        return LiveWeights(
            run=run.name,
            config=found.config,
            epoch=found.epoch,
            step=step,
            classes=found.classes,
            image_shape=found.image_shape,
            tensors=found.model.state_dict(),
        )

    # The rest is called with the lock held

    def _look(self) -> None:
        trains = in_training(self.path)  # first: what it wrote before it ended is read then
        anew, reports = self._reader.read()
        if anew:
            self._begin()
        for report in reports:
            self._take(report)
        self._read_record()
        self._look_for_hints(reports)
        if trains and self._last:
            self._snapshot = self._under_way(self._last)
        elif not trains:
            self._snapshot = self._ended()

    def _take(self, report: LiveReport) -> None:
        self._last = report
        self._losses += report.losses
        self._events += report.events
        if report.evaluation:
            self._evaluations.append(report.evaluation)
        for points in (self._losses, self._evaluations, self._events):
            if len(points) > 2 * MOST_POINTS:
                del points[1::2]

    def _read_record(self) -> None:
        with contextlib.suppress(OSError, CnnlabError):  # what was read before still holds
            stamp = (self.path / "run.json").stat().st_mtime_ns
            if stamp != self._stamp:
                self._run, self._stamp = store.open_run(self.path), stamp

    def _look_for_hints(self, reports: list[LiveReport]) -> None:
        if not self._last:
            return
        run = self._run
        if self._hints is None:
            self._hints = HintWatcher(run.config, run.record.classes, self._last.steps_per_epoch)
        evaluations = [report.evaluation for report in reports if report.evaluation]
        events = [event for report in reports for event in report.events]
        replayed(self._hints, evaluations, run.results[self._epochs_seen :], events)
        self._epochs_seen = len(run.results)

    def _known(self) -> Snapshot:
        run, last = self._run, self._last
        known = Snapshot(
            run=run.name,
            config=run.config,
            classes=run.record.classes,
            device="another process",
            epochs=run.results,
            lane=run.record.lane,
        )
        if last is None:
            return known
        steps, losses = zip(*self._losses, strict=True) if self._losses else ((), ())
        there = f" on {self._reader.host}" if progress_log.grows_on_another_machine(self.path) else ""
        return known.replace(
            device=f"{last.device}, another process{there}",
            step=last.step,
            total_steps=last.total_steps,
            steps_per_epoch=last.steps_per_epoch,
            train_images=last.train_images,
            epoch=last.epoch,
            learning_rate=last.learning_rate,
            losses=np.array(losses, np.float32),
            loss_steps=np.array(steps, np.int64),
            evaluations=tuple(self._evaluations),
            events=tuple(self._events),
            unsaved=self._reader.problem or last.unsaved,
            hint=self._hints and self._hints.hint,
            seconds=last.seconds,
            images_per_second=last.images_per_second,
        )

    def _under_way(self, last: LiveReport) -> Snapshot:
        state = "stopping" if stop_request.is_asked(self.path) else last.state
        return self._known().replace(state=state, eta_seconds=last.seconds_left)

    def _ended(self) -> Snapshot:
        run, known = self._run, self._known()
        name = run.name
        if (self.path / NAME).exists() or not run.outcome:  # else its process has removed it, after run.json
            on = f"; Resume goes on with {name}" if run.can_go_on else "; the epochs on the disk are as they were"
            sentence = f"The process that trained {name} is gone{on}."
            gone = Outcome(
                "failed", sum(row.complete for row in run.results) - 1, known.seconds, known.images_per_second,
                error=sentence,
            )  # fmt: skip
            return known.replace(state="failed", outcome=gone, error=sentence)
        points = np.array(run.record.losses, float).reshape(-1, 2)
        return known.replace(
            state=run.outcome.state,
            outcome=run.outcome,
            error=run.outcome.error,
            step=run.results[-1].step,
            losses=points[:, 1].astype(np.float32),
            loss_steps=points[:, 0].astype(np.int64),
            evaluations=run.record.evaluations,
            events=run.record.events,
        )
