"""TrainingLoop: a whole run from the untrained network to its outcome, measured and recorded."""

from __future__ import annotations

import contextlib
import time
from typing import Protocol

from torch import Tensor

from cnnlab.data.dataset import noun
from cnnlab.errors import CnnlabError
from cnnlab.training.history import History
from cnnlab.training.results import EpochResult, Evaluation, Outcome, best_epoch
from cnnlab.training.trainer import Trainer


class Recorder(Protocol):
    """Keeps a run, for example on disk (cnnlab.runs.store.RunWriter)."""

    name: str

    def save_epoch(self, weights: dict[str, Tensor], epochs: list[EpochResult]) -> None:
        """Keep the weights of the last of `epochs`."""

    def finish(self, outcome: Outcome, history: History) -> None:
        """Keep how the run ended."""


class TrainingLoop:
    """Drives a Trainer: begin(), advance() until done, finish(). Measures, records, and times a run without pauses."""

    def __init__(self, trainer: Trainer, recorder: Recorder):
        self.trainer = trainer
        self.recorder = recorder
        self.history = History(trainer.total_steps)
        self.pinned: Tensor | None = None  # a drawing, uint8 [1, C, H, W], classified at every evaluation
        self.seconds = 0.0
        self.step_seconds = 0.0
        self.images = 0
        self._evaluated_at = 0
        self._saved_at = 0

    def begin(self) -> None:
        """Measure and record the untrained network as epoch 0."""
        started = time.perf_counter()
        self._evaluate()
        self._end_epoch(complete=True, started=started)

    def advance(self) -> None:
        """Take one training step, then evaluate or end the epoch if that is due."""
        trainer, started = self.trainer, time.perf_counter()
        self.images += trainer.step()
        evaluating = trainer.step_count % trainer.config.eval_every == 0
        self._read(force=trainer.at_epoch_end or evaluating)
        stepped = time.perf_counter() - started
        self.step_seconds += stepped
        if evaluating or trainer.at_epoch_end:
            self._evaluate()
        if trainer.at_epoch_end:
            self._end_epoch(complete=True, started=started)
        else:
            self.seconds += time.perf_counter() - started

    def catch_up(self) -> None:
        """Read the losses of all steps so far, including those still on a GPU."""
        self._read(force=True)

    def finish(self, stopped: bool) -> Outcome:
        """Test the network, record the outcome and return it; a stopped run keeps its unfinished epoch too."""
        started = time.perf_counter()
        self.catch_up()
        if self.trainer.step_count > self._saved_at:
            self._end_epoch(complete=False, started=started)
            started = time.perf_counter()
        test = self.trainer.score_test()
        self.seconds += time.perf_counter() - started
        outcome = self._outcome(
            "stopped" if stopped else "finished",
            test_images=len(self.trainer.split.test),
            test_loss=test.loss,
            test_accuracy=test.accuracy,
        )
        self.recorder.finish(outcome, self.history)
        return outcome

    def fail(self, error: str) -> Outcome:
        """Record that the run ended with an error, if it can still be recorded."""
        outcome = self._outcome("failed", error=error)
        with contextlib.suppress(CnnlabError):  # the error that ended the run is the one to report
            self.recorder.finish(outcome, self.history)
        return outcome

    @property
    def images_per_second(self) -> float:
        """Training images per second of time spent in steps."""
        return self.images / self.step_seconds if self.step_seconds else 0.0

    def _outcome(self, state: str, **measured: float | str | None) -> Outcome:
        epochs = self.history.epochs
        return Outcome(
            state,
            epochs=self.trainer.epoch,
            seconds=self.seconds,
            images_per_second=self.images_per_second,
            best_epoch=best_epoch(epochs),
            early=self.trainer.ended_early,
            noun=noun(self.trainer.split.test.classes),
            val_accuracy=epochs[-1].val_accuracy if epochs else None,
            **measured,
        )

    def _read(self, force: bool) -> None:
        self.history.add_steps(*self.trainer.read_steps(force))

    def _evaluate(self) -> None:
        trainer, pinned = self.trainer, self.pinned
        loss, accuracy = self.history.means_since(self._evaluated_at)
        sample = trainer.score_sample()
        readable = pinned is not None and pinned.shape[1:] == trainer.split.train.image_shape
        probabilities = tuple(trainer.probabilities(pinned)[0].tolist()) if readable else None
        self.history.evaluations.append(
            Evaluation(
                step=trainer.step_count,
                train_loss=loss,
                train_accuracy=accuracy,
                val_loss=sample and sample.loss,
                val_accuracy=sample and sample.accuracy,
                pinned=probabilities,
                gradients=trainer.gradient_norms(),
            )
        )
        self._evaluated_at = trainer.step_count

    def _end_epoch(self, complete: bool, started: float) -> None:
        trainer = self.trainer
        loss, accuracy = self.history.means_since(self._saved_at)
        validation = trainer.score_validation()
        if complete and trainer.epoch:  # epoch 0 is before the training
            trainer.note_validation(validation)
        self.seconds += time.perf_counter() - started
        self.history.epochs.append(
            EpochResult(
                epoch=trainer.epoch + (not complete),
                step=trainer.step_count,
                complete=complete,
                learning_rate=trainer.learning_rate,
                train_loss=loss,
                train_accuracy=accuracy,
                val_loss=validation and validation.loss,
                val_accuracy=validation and validation.accuracy,
                seconds=self.seconds,
            )
        )
        self.recorder.save_epoch(trainer.weights(), self.history.epochs)
        self._saved_at = trainer.step_count
