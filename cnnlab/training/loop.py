"""TrainingLoop: a whole run from the untrained network to its outcome, measured and recorded."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from typing import Any, Literal, Protocol

import torch
from torch import Tensor

from cnnlab.data.dataset import noun
from cnnlab.errors import CnnlabError
from cnnlab.models import Score
from cnnlab.training.devices import describe, noted
from cnnlab.training.hint_evidence import Hint
from cnnlab.training.hint_watcher import HintWatcher, replayed
from cnnlab.training.history import History
from cnnlab.training.live_report import MOST_EVENTS, LiveReport, Standing, thinned
from cnnlab.training.results import DIVERGED, LEARNING_RATE, EpochResult, Evaluation, Event, Outcome, best_epoch, newest
from cnnlab.training.resumption import State, copied
from cnnlab.training.trainer import DivergenceError, Trainer

WARM_UP = 5  # steps that take longer than all others: libraries prepare themselves
EARLY = (1, 2, 5, 10, 20, 50)  # steps measured too: a network learns most in its first hundred


class NotSavedError(CnnlabError):
    """Something of the run could not be kept; training can go on without."""


class Recorder(Protocol):
    """Keeps a run, for example on disk (cnnlab.runs.store.RunWriter)."""

    name: str

    def save_epoch(self, weights: dict[str, Tensor], epochs: list[EpochResult]) -> None:
        """Keep the weights of the last of `epochs`. Raises NotSavedError."""

    def save_state(self, state: State) -> None:
        """Keep where the run stands, in place of what was kept before. Raises NotSavedError."""

    def report(self, report: LiveReport) -> None:
        """Tell those who watch from another process; a run goes on where that is not possible."""

    def stop_asked(self) -> bool:
        """Whether one of those asks for the end of the run; cheap, it is asked between any two steps."""

    def finish(self, outcome: Outcome, history: History) -> None:
        """Keep how the run ended. Raises NotSavedError."""

    def close(self) -> None:
        """Nothing more comes, whether or not finish() was reached."""


def trainer_state(state: State) -> State:
    """The trainer's part of a loop's state."""
    return State(state.tensors, state.facts["trainer"])


class TrainingLoop:
    """Drives a Trainer: begin(), advance() until done, finish(). Measures, records, and times a run without pauses."""

    def __init__(self, trainer: Trainer, recorder: Recorder, state: State | None = None):
        """state: where an earlier part of the run, with the same settings, ended."""
        self.trainer = trainer
        self.recorder = recorder
        self.history = History(trainer.total_steps)
        self.pinned: Tensor | None = None  # a drawing, uint8 [1, C, H, W], classified at every evaluation
        self.seconds = 0.0
        self.step_seconds = 0.0
        self.images = 0
        self._evaluated_at = 0
        self._saved_at = 0
        self._reported_at = self._reported_events = 0  # step, number of events
        self._device = describe(trainer.device)
        self._usual_seconds = 0.0  # of the steps after the first few, for seconds_left
        self._evaluation_seconds = self._epoch_seconds = 0.0  # that the last ones took
        self._state = state
        self.unsaved: str | None = None  # why the last epoch could not be kept
        self._watcher = HintWatcher(trainer.config, trainer.split.train.classes, trainer.steps_per_epoch)

    def begin(self) -> None:
        """Measure and record the untrained network as epoch 0; of an earlier part of the run, take over its state."""
        if self._state:
            self._go_on(self._state)
            for evaluation in self.history.evaluations:  # nobody who watches has seen the earlier part
                self._report(evaluation)
            return
        started = time.perf_counter()
        self._evaluate()
        self._end_epoch(started)

    def advance(self) -> None:
        """Take one training step, then evaluate or end the epoch if that is due."""
        trainer, started = self.trainer, time.perf_counter()
        self.images += trainer.step()
        evaluating = trainer.step_count in EARLY or trainer.step_count % trainer.config.eval_every == 0
        self._read(force=trainer.at_epoch_end or evaluating)
        stepped = time.perf_counter() - started
        self.step_seconds += stepped
        if trainer.step_count > WARM_UP:
            self._usual_seconds += stepped
        if evaluating or trainer.at_epoch_end:
            self._evaluate()
        if trainer.at_epoch_end:
            self._end_epoch(started)
        else:
            self.seconds += time.perf_counter() - started

    def tell(self, state: Standing) -> None:
        """Tell those who watch from another process that the run is in `state` from now on."""
        self._read(force=True)
        self._report(state=state)

    def measure(self) -> None:
        """Measure the network as it stands, for people who take one step at a time."""
        if self.trainer.step_count > self._evaluated_at:
            started = time.perf_counter()
            self._read(force=True)
            self._evaluate()
            self.seconds += time.perf_counter() - started

    def set_learning_rate(self, value: float) -> None:
        """Use `value` from the next step on, and remember that it was set by hand."""
        step = self.trainer.step_count
        if value != self.trainer.learning_rate:
            self.trainer.learning_rate = value
            self._note(Event(step, LEARNING_RATE, value))

    def finish(self, stopped: bool) -> Outcome:
        """Test the network, record the outcome and return it.

        A stopped run keeps its unfinished epoch too, and nothing more is measured. Raises InterruptionError when the
        test is given up.
        """
        if stopped:
            self._keep_unfinished()
            outcome = self._outcome("stopped")
        else:
            started = time.perf_counter()
            self._report(state="testing")
            test = self.trainer.score_test()
            self.seconds += time.perf_counter() - started
            outcome = self._outcome(
                "finished",
                test_images=len(self.trainer.split.test),
                test_loss=test.loss,
                test_accuracy=test.accuracy,
            )
        self.recorder.finish(outcome, self.history)
        return outcome

    def fail(self, error: str) -> Outcome:
        """Record that the run ended with an error, if it can still be recorded."""
        outcome = self._outcome("failed", error=error)
        if self.history.epochs:
            with contextlib.suppress(CnnlabError):  # the error that ended the run is the one to report
                self.recorder.finish(outcome, self.history)
        return outcome

    def break_off(self, error: str) -> Outcome:
        """As fail, for an end that came from outside: what has been learned since the last epoch is kept, too.

        Not on a GPU, which may be waiting for others for good: there the last epoch is what can be gone on from.
        """
        if self.trainer.device.type == "cpu" and self.history.epochs:
            with contextlib.suppress(CnnlabError):
                self._keep_unfinished()
        return self.fail(error)

    def state(self) -> State:
        """Where the run stands now: the trainer's state and the history so far."""
        self._read(force=True)
        history, trained = self.history, self.trainer.state()
        curves = {"losses": torch.tensor(history.losses), "accuracies": torch.tensor(history.accuracies)}
        facts = {
            "trainer": trained.facts,
            "evaluations": [dataclasses.asdict(each) for each in history.evaluations],
            "epochs": [dataclasses.asdict(each) for each in history.epochs],
            "events": [dataclasses.asdict(each) for each in history.events],
            "times": [self.seconds, self.step_seconds, self._usual_seconds],
            "images": self.images,
            "evaluated_at": self._evaluated_at,
            "saved_at": self._saved_at,
        }
        return State({**trained.tensors, **copied("history.", curves)}, facts)

    def _go_on(self, state: State) -> None:
        facts, history = state.facts, self.history
        curves = state.under("history.")
        history.add_steps(curves["losses"].tolist(), curves["accuracies"].tolist())
        history.evaluations += [_evaluation(each) for each in facts["evaluations"]]
        history.epochs += [EpochResult(**each) for each in facts["epochs"]]
        history.events += [Event(**each) for each in facts["events"]]
        self.seconds, self.step_seconds, self._usual_seconds = facts["times"]
        self.images, self._evaluated_at, self._saved_at = facts["images"], facts["evaluated_at"], facts["saved_at"]
        if history.epochs and not history.epochs[-1].complete:  # that epoch is gone on with, and kept anew at its end
            history.epochs.pop()
            self._saved_at = history.epochs[-1].step if history.epochs else 0
        replayed(self._watcher, history.evaluations, history.epochs, history.events)
        self.trainer.go_on(trainer_state(state))

    @property
    def hint(self) -> Hint | None:
        """What is to be said of the run, if anything (cnnlab.training.hint_watcher)."""
        return self._watcher.hint

    @property
    def images_per_second(self) -> float:
        """Training images per second of time spent in steps."""
        return self.images / self.step_seconds if self.step_seconds else 0.0

    @property
    def seconds_left(self) -> float | None:
        """To the end of the run, with its measurements, at the pace so far; None before enough steps were timed."""
        trainer = self.trainer
        timed, left = trainer.step_count - WARM_UP, trainer.total_steps - trainer.step_count
        if timed < WARM_UP:
            return None
        evaluations = left / trainer.config.eval_every
        epochs = trainer.config.epochs - trainer.epoch
        measuring = self._evaluation_seconds * evaluations + self._epoch_seconds * epochs
        return self._usual_seconds / timed * left + measuring

    def _outcome(self, state: Literal["finished", "stopped", "failed"], **measured: Any) -> Outcome:
        self.trainer.release()
        epochs = self.history.epochs
        return Outcome(
            state,
            epochs=self.trainer.epoch,
            seconds=self.seconds,
            images_per_second=self.images_per_second,
            best_epoch=best_epoch(epochs),
            early=self.trainer.ended_early,
            noun=noun(self.trainer.split.test.classes),
            val_accuracy=newest(epochs, "val_accuracy"),
            **measured,
        )

    def _read(self, force: bool) -> None:
        """Take over the losses of the steps so far; with `force` those still on a GPU too."""
        try:
            self.history.add_steps(*self.trainer.read_steps(force))
        except DivergenceError as end:
            self.history.add_steps(*end.before)
            self._note(Event(end.step, DIVERGED))
            raise

    def _note(self, event: Event) -> None:
        self.history.events.append(event)
        self._watcher.happened(event)

    def _evaluate(self) -> None:
        trainer, pinned, started = self.trainer, self.pinned, time.perf_counter()
        loss, accuracy = self.history.means_since(self._evaluated_at)
        sample = trainer.score_sample()
        probabilities = None
        if pinned is not None and pinned.shape[1:] == trainer.split.train.image_shape:
            probabilities = tuple(trainer.probabilities(pinned)[0].tolist())
        self.history.evaluations.append(
            Evaluation(
                step=trainer.step_count,
                train_loss=loss,
                train_accuracy=accuracy,
                val_loss=sample.loss,
                val_accuracy=sample.accuracy,
                pinned=probabilities,
                gradients=trainer.gradient_norms(),
                confidence=sample.confidence,
                favourite=sample.favourite,
                favourite_share=sample.favourite_share,
                dead=sample.dead,
                alike=sample.alike,
                affine=sample.affine,
            )
        )
        self._watcher.evaluated(self.history.evaluations[-1])
        self._evaluated_at = trainer.step_count
        self._report(self.history.evaluations[-1])
        self._evaluation_seconds = time.perf_counter() - started

    def _report(self, evaluation: Evaluation | None = None, state: Standing = "running") -> None:
        """Tell those who watch from another process what is new up to this evaluation, or up to now."""
        trainer, history = self.trainer, self.history
        step = evaluation.step if evaluation else trainer.step_count
        self.recorder.report(
            LiveReport(
                state,
                step=step,
                epoch=step // trainer.steps_per_epoch,
                total_steps=trainer.total_steps,
                steps_per_epoch=trainer.steps_per_epoch,
                train_images=len(trainer.split.train),
                learning_rate=trainer.learning_rate,
                seconds=self.seconds,
                images_per_second=self.images_per_second,
                seconds_left=self.seconds_left,
                device=noted(self._device, trainer.engine_note),
                losses=thinned(history.losses[self._reported_at : step], first=self._reported_at + 1),
                evaluation=evaluation,
                events=tuple(history.events[self._reported_events :][-MOST_EVENTS:]),
                unsaved=self.unsaved,
            )
        )
        self._reported_at, self._reported_events = step, len(history.events)

    def _end_epoch(self, started: float) -> None:
        trainer, ended = self.trainer, time.perf_counter()
        validation = trainer.score_validation()
        if trainer.epoch:  # epoch 0 is before the training
            trainer.note_validation(validation)
        self.seconds += time.perf_counter() - started
        self._keep_epoch(validation, complete=True)
        self._epoch_seconds = time.perf_counter() - ended

    def _keep_unfinished(self) -> None:
        """Keep what has been learned since the last epoch that was kept, unmeasured."""
        self._read(force=True)
        if self.trainer.step_count > self._saved_at or not self.history.epochs:
            self._keep_epoch(None, complete=self.trainer.at_epoch_end or not self.trainer.step_count)

    def _keep_epoch(self, validation: Score | None, complete: bool) -> None:
        trainer = self.trainer
        loss, accuracy = self.history.means_since(self._saved_at)
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
        self._watcher.epoch_ended(self.history.epochs[-1])
        try:
            self.recorder.save_epoch(trainer.weights(), self.history.epochs)
            self._saved_at = trainer.step_count
            self.recorder.save_state(self.state())
            self.unsaved = None
        except NotSavedError as error:
            if not trainer.step_count:  # nothing is lost yet, and nobody should learn for hours what cannot be kept
                raise
            self._saved_at = trainer.step_count
            self.unsaved = str(error)


def _evaluation(said: dict[str, Any]) -> Evaluation:
    lists = {name: tuple(value) for name, value in said.items() if isinstance(value, list)}  # as JSON knows tuples
    return Evaluation(**{**said, **lists})
