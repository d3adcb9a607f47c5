"""Runner: the background thread that trains, and the commands it obeys."""

from __future__ import annotations

import contextlib
import dataclasses
import logging
import queue
import threading
import time

from torch import Tensor

from cnnlab.common.threads import at_most
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.devices import describe, noted
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.loop import Recorder, TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.results import Outcome
from cnnlab.training.runner_commands import Command, Order, SetLearningRate
from cnnlab.training.snapshot import ACTIVE, LiveWeights, Snapshot
from cnnlab.training.trainer import Trainer

log = logging.getLogger(__name__)
PUBLISH_SECONDS = 0.3  # between two copies of the weights for pages that watch
WANTED_SECONDS = 5.0  # how long one request for the weights counts as watching


class Runner:
    """Trains at most one run at a time, in a background thread.

    Any thread may call any method. Commands are obeyed between two steps, so within one step's time. Pages read
    `snapshot()` and `live_weights()`, which never expose anything that training still changes.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._loop: TrainingLoop | None = None
        self._state = "idle"
        self._run: str | None = None
        self._config: TrainConfig | None = None
        self._device = ""
        self._outcome: Outcome | None = None
        self._error: str | None = None
        self._pinned: Tensor | None = None
        self._stop_asked = threading.Event()
        self._pace: float | None = None  # steps a second in slow motion
        self._allowance: float = 0  # steps it may still take before it pauses; infinite while running
        self._weights: LiveWeights | None = None
        self._weights_wanted = -WANTED_SECONDS
        self._weights_published = -PUBLISH_SECONDS

    # Commands

    def start(self, run: PreparedRun, steps: int | None = None) -> None:
        """Begin `run`; with `steps`, pause after that many. Raises CnnlabError while another run is under way."""
        with self._lock:
            if self._thread and self._thread.is_alive():
                raise CnnlabError(f"{self._run} is still training: stop it before you start another run.")
            recorder = run.open_recorder()
            self._commands = queue.SimpleQueue()
            self._state, self._run, self._config = "starting", recorder.name, run.config
            self._outcome = self._error = self._loop = self._weights = None
            self._stop_asked = threading.Event()
            self._allowance = float("inf") if steps is None else steps
            self._thread = threading.Thread(target=self._train, args=(run, recorder), daemon=True)
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
        """Use `value` from the next step on. Raises CnnlabError for a value that no run may have."""
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
        loop = self._loop
        if loop:
            loop.pinned = image

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
        """The run as it stands now."""
        with self._lock:
            state, error = self._state, self._error
            if state in ACTIVE and not (self._thread and self._thread.is_alive()):
                state = "failed"
                error = error or f"The thread that trained {self._run} is gone: start again."
            known = Snapshot(
                state=state,
                run=self._run,
                config=self._config,
                device=self._device,
                outcome=self._outcome,
                error=error,
            )
            loop = self._loop
            if loop is None:
                return known
            trainer, history = loop.trainer, loop.history
            return dataclasses.replace(
                known,
                device=noted(self._device, trainer.engine_note),
                classes=trainer.split.train.classes,
                step=trainer.step_count,
                total_steps=trainer.total_steps,
                steps_per_epoch=trainer.steps_per_epoch,
                epoch=trainer.epoch,
                learning_rate=trainer.learning_rate,
                losses=history.losses,
                evaluations=tuple(history.evaluations),
                epochs=tuple(history.epochs),
                events=tuple(history.events),
                unsaved=loop.unsaved,
                seconds=loop.seconds,
                images_per_second=self._images_per_second(loop),
                eta_seconds=self._eta(loop),
            )

    def live_weights(self) -> LiveWeights | None:
        """The newest published weights of the run under way, or of the last one; None before the first.

        Each request makes the thread publish about three times a second for the next few seconds.
        """
        self._weights_wanted = time.monotonic()
        return self._weights

    # The thread

    def _train(self, run: PreparedRun, recorder: Recorder) -> None:
        with at_most(run.threads) if run.threads else contextlib.nullcontext():
            self._train_with_its_threads(run, recorder)

    def _train_with_its_threads(self, run: PreparedRun, recorder: Recorder) -> None:
        loop = None
        try:
            loop = run.loop(recorder)
            loop.pinned = self._pinned
            loop.trainer.interrupted = self._stop_asked.is_set
            self._set(device=describe(run.device, threads=run.threads), loop=loop)
            outcome = self._to_outcome(loop)
            self._publish(loop)
            recorder.close()  # before pages see that it has ended: they may rename it at once
            self._set(outcome=outcome, state=outcome.state)
        except BaseException as error:  # whatever it is, it must reach the page instead of dying with the thread
            log.exception("training %s failed", recorder.name)
            sentence = explain(error)
            failed = loop.fail(sentence) if loop else None
            recorder.close()
            self._set(error=sentence, outcome=failed, state="failed")

    def _to_outcome(self, loop: TrainingLoop) -> Outcome:
        with contextlib.suppress(InterruptionError):
            loop.begin()
            self._go_on("running")
            self._publish(loop)
            self._steps(loop)
            self._go_on("testing")
            return loop.finish(stopped=False)
        return loop.finish(stopped=True)

    def _go_on(self, state: str) -> None:
        """Enter `state`. Raises InterruptionError where the run is to stop instead."""
        with self._lock:
            if self._stop_asked.is_set():
                raise InterruptionError
            self._state = state

    def _steps(self, loop: TrainingLoop) -> None:
        while not loop.trainer.done:
            if self._allowance <= 0:
                self._go_on("paused")
                loop.catch_up()
            self._obey(loop, wait=self._allowance <= 0)
            if self._allowance <= 0:
                continue
            started = time.monotonic()
            loop.advance()
            self._allowance -= 1
            if self._allowance <= 0:
                self._go_on("paused")
                loop.measure()
            now = time.monotonic()
            if now - self._weights_wanted < WANTED_SECONDS and now - self._weights_published > PUBLISH_SECONDS:
                self._publish(loop)
            self._keep_pace(loop, started)

    def _obey(self, loop: TrainingLoop, wait: bool) -> None:
        """Carry out the queued commands; with `wait`, sleep until there is one."""
        while wait or not self._commands.empty():
            self._carry_out(loop, self._commands.get())
            wait = False

    def _carry_out(self, loop: TrainingLoop, command: Command) -> None:
        """Obey a command. Raises InterruptionError once Stop was pressed: that is final, whatever comes behind it."""
        if self._stop_asked.is_set():
            raise InterruptionError
        match command:
            case Order.PAUSE:
                self._allow(0)
            case Order.RESUME:
                self._allow(float("inf"))
            case Order.STEP_BATCH:
                self._allow(1)
            case Order.STEP_EPOCH:
                self._allow(_steps_to_epoch_end(loop.trainer))
            case SetLearningRate(value):
                loop.set_learning_rate(value)

    def _keep_pace(self, loop: TrainingLoop, started: float) -> None:
        """In slow motion, sleep for the rest of the step's time, but wake for any command."""
        while self._pace and self._allowance > 0 and self._state == "running":
            left = started + 1 / self._pace - time.monotonic()
            if left <= 0:
                return
            try:
                self._carry_out(loop, self._commands.get(timeout=left))
            except queue.Empty:
                return

    def _publish(self, loop: TrainingLoop) -> None:
        trainer = loop.trainer
        train = trainer.split.train
        self._weights = LiveWeights(
            run=loop.recorder.name,
            config=trainer.config,
            epoch=trainer.epoch,
            step=trainer.step_count,
            classes=train.classes,
            image_shape=train.image_shape,
            tensors=trainer.weights(),
        )
        self._weights_published = time.monotonic()

    def _allow(self, steps: float) -> None:
        self._allowance = steps
        if steps:
            self._go_on("running")

    def _set(self, **values: object) -> None:
        with self._lock:
            for name, value in values.items():
                setattr(self, f"_{name}", value)

    def _eta(self, loop: TrainingLoop) -> float | None:
        left = loop.seconds_left
        if self._state != "running" or left is None or self._allowance != float("inf"):
            return None
        paced = (loop.trainer.total_steps - loop.trainer.step_count) / self._pace if self._pace else 0
        return max(left, paced)

    def _images_per_second(self, loop: TrainingLoop) -> float:
        """As fast as its steps are; in slow motion as fast as those are begun."""
        fastest = self._pace * loop.trainer.config.batch_size if self._pace else float("inf")
        return min(loop.images_per_second, fastest)


def _steps_to_epoch_end(trainer: Trainer) -> int:
    return trainer.steps_per_epoch - trainer.step_count % trainer.steps_per_epoch


def explain(error: BaseException) -> str:
    """One sentence for the page: a CnnlabError's message as it is, any other error's with its type."""
    if isinstance(error, CnnlabError):
        return str(error)
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return f"There is not enough memory for this run: choose a smaller batch size or network ({error})."
    return f"Training stopped on an unexpected {type(error).__name__}: {error}. Epochs already saved are intact."
