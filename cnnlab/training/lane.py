"""Lane: one run of those that the training thread carries out in turn, a single one where it is no race."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence

from torch import Tensor

from cnnlab.training.devices import describe, noted
from cnnlab.training.loop import Recorder, TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.results import Outcome
from cnnlab.training.snapshot import LiveWeights, Snapshot

PUBLISH_SECONDS = 0.3  # between two copies of the weights for pages that watch
WANTED_SECONDS = 5.0  # how long one request for the weights counts as watching


class Lane:
    """A run with its loop, and how it ended. Only the training thread steps it; what others read is set whole.

    loop is None until the thread has made it; outcome and error say how it ended, both None while it goes on.
    """

    def __init__(self, run: PreparedRun, recorder: Recorder):
        self.run = run
        self.recorder = recorder
        self.loop: TrainingLoop | None = None
        self.ended: str | None = None  # finished, stopped or failed
        self.outcome: Outcome | None = None
        self.error: str | None = None
        self.weights: LiveWeights | None = None
        self._device = ""
        self._wanted = -WANTED_SECONDS
        self._published = -PUBLISH_SECONDS

    # The training thread

    def prepare(self, pinned: Tensor | None, interrupted: Callable[[], bool]) -> None:
        """Make the loop. Raises as PreparedRun.loop does."""
        loop = self.run.loop(self.recorder)
        loop.pinned = pinned
        loop.trainer.interrupted = interrupted
        self._device = describe(self.run.device, threads=self.run.threads)
        self.loop = loop

    @property
    def going(self) -> TrainingLoop:
        """The loop of a lane that has been prepared."""
        assert self.loop, "prepare() comes first"
        return self.loop

    @property
    def images(self) -> int:
        """How many training images it has been shown since its beginning, those of earlier parts too."""
        trainer = self.going.trainer
        images = len(trainer.split.train)
        within = trainer.step_count % trainer.steps_per_epoch
        return trainer.epoch * images + min(within * trainer.config.batch_size, images)

    def fail(self, sentence: str) -> Outcome | None:
        """Record that it ended with an error, as far as that can be recorded; its place is free for others then."""
        failed = self.loop.fail(sentence) if self.loop else None
        self.recorder.close()
        return failed

    def publish(self) -> None:
        """Copy the weights for pages."""
        trainer = self.going.trainer
        train = trainer.split.train
        self.weights = LiveWeights(
            run=self.recorder.name,
            config=trainer.config,
            epoch=trainer.epoch,
            step=trainer.step_count,
            classes=train.classes,
            image_shape=train.image_shape,
            tensors=trainer.weights(),
        )
        self._published = time.monotonic()

    def publish_if_wanted(self) -> None:
        """Copy the weights where somebody watches and the last copy is old enough."""
        now = time.monotonic()
        if now - self._wanted < WANTED_SECONDS and now - self._published > PUBLISH_SECONDS:
            self.publish()

    # Any thread

    def want_weights(self) -> LiveWeights | None:
        """The newest copy of the weights; more will be made for the next few seconds."""
        self._wanted = time.monotonic()
        return self.weights

    def snapshot(self, state: str, pace: float | None, eta: float | None) -> Snapshot:
        """The run as it stands now, in this state; pace: steps a second in slow motion."""
        run, loop = self.run, self.loop
        known = Snapshot(
            state=state,
            run=self.recorder.name,
            config=run.config,
            device=self._device,
            outcome=self.outcome,
            error=self.error,
            lane=run.lane,
        )
        if loop is None:
            return known
        trainer, history = loop.trainer, loop.history
        return known.replace(
            device=noted(self._device, trainer.engine_note),
            classes=trainer.split.train.classes,
            step=trainer.step_count,
            total_steps=trainer.total_steps,
            steps_per_epoch=trainer.steps_per_epoch,
            train_images=len(trainer.split.train),
            epoch=trainer.epoch,
            learning_rate=trainer.learning_rate,
            losses=history.losses,
            evaluations=tuple(history.evaluations),
            epochs=tuple(history.epochs),
            events=tuple(history.events),
            unsaved=loop.unsaved,
            hint=loop.hint,
            seconds=loop.seconds,
            images_per_second=min(loop.images_per_second, pace * run.config.batch_size if pace else float("inf")),
            eta_seconds=eta,
        )


def opened(runs: Sequence[PreparedRun]) -> list[Lane]:
    """The lanes of these runs, each with its record open. Raises CnnlabError, with none of them left open."""
    lanes: list[Lane] = []
    with contextlib.ExitStack() as undo:
        for run in runs:
            lanes.append(Lane(run, run.open_recorder()))
            undo.callback(lanes[-1].recorder.close)
        undo.pop_all()
    return lanes


def seconds_left(lanes: Sequence[Lane], pace: float | None) -> float | None:
    """Until all of them have ended; None before enough steps were timed. pace: steps a second in slow motion."""
    loops = [lane.loop for lane in lanes if lane.loop and not lane.ended]
    left = [loop.seconds_left for loop in loops]
    known = [each for each in left if each is not None]
    if not loops or len(known) < len(left):
        return None
    paced = max(loop.trainer.total_steps - loop.trainer.step_count for loop in loops) / pace if pace else 0
    return max(sum(known), paced)


def pacer(lanes: Sequence[Lane]) -> Lane:
    """The lane whose step is a step of the race: the first of those with the largest batches."""
    return max(lanes, key=lambda lane: lane.run.config.batch_size)
