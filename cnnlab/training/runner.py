"""Runner: the background thread that trains, and the commands it obeys."""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence

from torch import Tensor

from cnnlab.common.threads import at_most
from cnnlab.errors import CnnlabError
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.lane import Lane, opened, pacer, seconds_left
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.runner_commands import Command, Order, SetLearningRate
from cnnlab.training.snapshot import ACTIVE, LiveWeights, Snapshot
from cnnlab.training.trainer import Trainer

LOOK_SECONDS = 0.5  # how often a paused run looks whether somebody elsewhere stops it

log = logging.getLogger(__name__)


class Runner:
    """Trains one run at a time, or the lanes of one race in turn, in a background thread.

    Any thread may call any method. Commands are obeyed between two steps, so within one step's time; a step of a race
    is one of the lane with the largest batches, and as many of the others as show the same images. Pages read
    `snapshot()`, `lanes()` and `live_weights()`, which never expose anything that training still changes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lanes: tuple[Lane, ...] = ()
        self._state = "idle"
        self._error: str | None = None  # of the whole thread
        self._pinned: Tensor | None = None
        self._stop_asked = threading.Event()
        self._pace: float | None = None  # steps a second in slow motion
        self._allowance: float = 0  # steps it may still take before it pauses; infinite while running

    # Commands

    def start(self, run: PreparedRun, steps: int | None = None) -> None:
        """Begin `run`; with `steps`, pause after that many. Raises CnnlabError while another run is under way."""
        self.race([run], steps)

    def race(self, runs: Sequence[PreparedRun], steps: int | None = None) -> None:
        """Begin several runs at once, which learn in turn on the same images. Raises as start does."""
        with self._lock:
            if self._thread and self._thread.is_alive():
                names = " and ".join(lane.recorder.name for lane in self._lanes)
                raise CnnlabError(f"{names} is still training: stop it before you start another run.")
            self._lanes = tuple(opened(runs))
            self._commands = queue.SimpleQueue()
            self._state, self._error = "starting", None
            self._stop_asked = threading.Event()
            self._allowance = float("inf") if steps is None else steps
            self._thread = threading.Thread(target=self._train, args=(self._lanes,), daemon=True)
            self._thread.start()

    def pause(self) -> None:
        """Stop taking steps until resume() or a step."""
        self._commands.put(Order.PAUSE)

    def resume(self) -> None:
        """Go on without pausing."""
        self._commands.put(Order.RESUME)

    def step_batch(self) -> None:
        """Take exactly one more step, then pause."""
        self._commands.put(Order.STEP_BATCH)

    def step_epoch(self) -> None:
        """Go on to the end of the present epoch, then pause."""
        self._commands.put(Order.STEP_EPOCH)

    def set_learning_rate(self, value: float) -> None:
        """Use `value` from the next step on, in every lane. Raises CnnlabError for a value that no run may have."""
        self._commands.put(SetLearningRate(value))

    def set_pace(self, steps_per_second: float | None) -> None:
        """Slow motion: at most so many steps a second; None for full speed."""
        self._pace = steps_per_second
        self._commands.put(Order.LOOK_AT_PACE)

    def stop(self) -> None:
        """End the run, in the middle of a step or a measurement too; what it has learned is kept."""
        self._stop_asked.set()
        with self._lock:
            if self._state in ACTIVE:
                self._state = "stopping"
        self._commands.put(Order.STOP)

    def pin(self, image: Tensor | None) -> None:
        """Classify a drawing, uint8 [1, C, H, W], at every evaluation of this run and later ones."""
        self._pinned = image
        for lane in self._lanes:
            if lane.loop:
                lane.loop.pinned = image

    def wait(self, timeout: float | None = None) -> None:
        """Block until the run has ended, or `timeout` seconds have passed."""
        thread = self._thread
        if thread:
            thread.join(timeout)

    # What pages read

    @property
    def pinned(self) -> Tensor | None:
        """The pinned drawing, uint8 [1, C, H, W]."""
        return self._pinned

    @property
    def pace(self) -> float | None:
        """Steps a second in slow motion, None at full speed."""
        return self._pace

    def snapshot(self) -> Snapshot:
        """The run as it stands now; of a race its first lane that goes on, or that ended as the race did."""
        state, error, lanes = self._now()
        if not lanes:
            return Snapshot(state=state, error=error)
        same = (lane for lane in lanes if lane.ended == (None if state in ACTIVE else state))
        lead = next(same, lanes[0])
        return lead.snapshot(state, self._pace, self._eta(state)).replace(error=error or lead.error)

    def lanes(self) -> tuple[Snapshot, ...]:
        """Every lane of the race under way or the last one, each in its own state; of a single run that one."""
        state, _, lanes = self._now()
        eta = self._eta(state)
        return tuple(lane.snapshot(lane.ended or state, self._pace, eta) for lane in lanes)

    def live_weights(self, run: str | None = None) -> LiveWeights | None:
        """The newest published weights of the run under way, or of the last one; None before the first.

        run: which lane of a race; by default snapshot()'s. Each request makes the thread publish about three times a
        second for the next few seconds.
        """
        state, _, lanes = self._now()
        wanted = run or (self.snapshot().run if len(lanes) > 1 else None)
        lane = next((lane for lane in lanes if lane.recorder.name == wanted), lanes[0] if lanes else None)
        return lane.want_weights() if lane else None

    def _now(self) -> tuple[str, str | None, tuple[Lane, ...]]:
        """(state, the thread's error, lanes) that belong together."""
        with self._lock:
            state, error, lanes = self._state, self._error, self._lanes
            if state in ACTIVE and not (self._thread and self._thread.is_alive()):
                names = " and ".join(lane.recorder.name for lane in lanes)
                return "failed", error or f"The thread that trained {names} is gone: start again.", lanes
            return state, error, lanes

    # The thread

    def _train(self, lanes: Sequence[Lane]) -> None:
        threads = lanes[0].run.threads
        with at_most(threads) if threads else contextlib.nullcontext():
            try:
                self._to_the_end(lanes)
            except BaseException as error:  # whatever it is, it must reach the page instead of dying with the thread
                log.exception("training failed")
                for lane in _going(lanes):
                    self._fail(lane, error)
                with self._lock:
                    self._state, self._error = "failed", self._error or explain(error)

    def _to_the_end(self, lanes: Sequence[Lane]) -> None:
        try:
            for lane in lanes:
                self._in(lane, lane.prepare, self._pinned, self._is_to_stop)
            for lane in _going(lanes):
                self._in(lane, lane.going.begin)
            self._go_on("running")
            for lane in _going(lanes):
                lane.publish()
            self._steps(lanes)
        except InterruptionError:
            for lane in _going(lanes):
                self._in(lane, self._finish, lane, True)
        with self._lock:
            ends = [lane.ended for lane in lanes]
            self._state = next((state for state in ("finished", "stopped") if state in ends), "failed")

    def _in(self, lane: Lane, work: Callable[..., object], *arguments: object) -> None:
        """Do a lane's work; where it fails, that lane ends and the others go on. Raises InterruptionError."""
        try:
            work(*arguments)
        except InterruptionError:
            raise
        except BaseException as error:
            if isinstance(error, CnnlabError):
                log.warning("training %s ended: %s", lane.recorder.name, error)
            else:
                log.exception("training %s failed", lane.recorder.name)
            self._fail(lane, error)

    def _fail(self, lane: Lane, error: BaseException) -> None:
        sentence = explain(error)
        outcome = lane.fail(sentence)
        with self._lock:
            lane.error, lane.outcome, lane.ended = sentence, outcome, "failed"

    def _finish(self, lane: Lane, stopped: bool) -> None:
        """Test the lane's network and close its record before pages see that it has ended: they may rename it."""
        outcome = lane.going.finish(stopped)
        lane.publish()
        lane.recorder.close()
        with self._lock:
            lane.outcome, lane.ended = outcome, outcome.state

    def _go_on(self, state: str) -> None:
        """Enter `state`. Raises InterruptionError where the run is to stop instead."""
        with self._lock:
            if self._stop_asked.is_set():
                raise InterruptionError
            self._state = state

    def _steps(self, lanes: Sequence[Lane]) -> None:
        while going := _going(lanes):
            if self._allowance <= 0:
                self._go_on("paused")
                for lane in going:
                    self._in(lane, lane.going.tell, "paused")
            self._obey(_going(lanes), wait=self._allowance <= 0)
            if self._allowance <= 0:
                continue
            started = time.monotonic()
            self._step(_going(lanes))
            self._allowance -= 1
            if self._allowance <= 0 and _going(lanes):
                self._go_on("paused")
                for lane in _going(lanes):
                    self._in(lane, lane.going.measure)
            for lane in _going(lanes):
                lane.publish_if_wanted()
            self._keep_pace(_going(lanes), started)

    def _step(self, lanes: Sequence[Lane]) -> None:
        """Take the next step of the race, and test what has come to its end."""
        if not lanes:
            return
        first = pacer(lanes)
        self._in(first, first.going.advance)
        for lane in lanes:
            while lane.images < first.images and not (lane.ended or lane.going.trainer.done):
                self._in(lane, lane.going.advance)
        done = [lane for lane in _going(lanes) if lane.going.trainer.done]
        if done and len(done) == len(_going(lanes)):
            self._go_on("testing")
        for lane in done:
            self._in(lane, self._finish, lane, False)

    def _obey(self, lanes: Sequence[Lane], wait: bool) -> None:
        """Carry out the queued commands; with `wait`, sleep until there is one. Raises InterruptionError."""
        if self._is_to_stop():
            raise InterruptionError
        while wait or not self._commands.empty():
            try:
                command = self._commands.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                if self._is_to_stop():
                    raise InterruptionError from None
                continue
            self._carry_out(lanes, command)
            wait = False

    def _is_to_stop(self) -> bool:
        """Whether Stop was pressed, here or on a page of another server."""
        if not self._stop_asked.is_set() and any(lane.recorder.stop_asked() for lane in self._lanes):
            self.stop()
        return self._stop_asked.is_set()

    def _carry_out(self, lanes: Sequence[Lane], command: Command) -> None:
        """Obey a command. Raises InterruptionError once Stop was pressed: that is final, whatever comes behind it."""
        if self._stop_asked.is_set():
            raise InterruptionError
        match command:
            case Order.PAUSE:
                self._allow(lanes, 0)
            case Order.RESUME:
                self._allow(lanes, float("inf"))
            case Order.STEP_BATCH:
                self._allow(lanes, 1)
            case Order.STEP_EPOCH:
                self._allow(lanes, _steps_to_epoch_end(pacer(lanes).going.trainer) if lanes else 0)
            case SetLearningRate(value):
                for lane in lanes:
                    lane.going.set_learning_rate(value)

    def _keep_pace(self, lanes: Sequence[Lane], started: float) -> None:
        """In slow motion, sleep for the rest of the step's time, but wake for any command."""
        while self._pace and self._allowance > 0 and self._state == "running":
            left = started + 1 / self._pace - time.monotonic()
            if left <= 0:
                return
            try:
                self._carry_out(lanes, self._commands.get(timeout=left))
            except queue.Empty:
                return

    def _allow(self, lanes: Sequence[Lane], steps: float) -> None:
        self._allowance = steps
        if steps:
            self._go_on("running")
            for lane in lanes:
                self._in(lane, lane.going.tell, "running")

    def _eta(self, state: str) -> float | None:
        if state != "running" or self._allowance != float("inf"):
            return None
        return seconds_left(self._lanes, self._pace)


def _going(lanes: Sequence[Lane]) -> list[Lane]:
    """Those that have not ended."""
    return [lane for lane in lanes if not lane.ended]


def _steps_to_epoch_end(trainer: Trainer) -> int:
    return trainer.steps_per_epoch - trainer.step_count % trainer.steps_per_epoch


def explain(error: BaseException) -> str:
    """One sentence for the page: a CnnlabError's message as it is, any other error's with its type."""
    if isinstance(error, CnnlabError):
        return str(error)
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return f"There is not enough memory for this run: choose a smaller batch size or network ({error})."
    return f"Training stopped on an unexpected {type(error).__name__}: {error}. Epochs already saved are intact."
