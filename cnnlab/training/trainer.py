"""Trainer: the mathematics of training, step by step; knows no thread, file or page."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import partial
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab import models
from cnnlab.data.augment.outliers import with_outliers
from cnnlab.data.augment.training_view import varied
from cnnlab.data.dataset import Dataset, as_input
from cnnlab.data.splits import Split
from cnnlab.errors import CnnlabError
from cnnlab.models import Score, score
from cnnlab.training.config import TrainConfig
from cnnlab.training.engines import engine_for
from cnnlab.training.engines.eager import Eager
from cnnlab.training.engines.scalars import set_scalar
from cnnlab.training.gradients import gradient_norms
from cnnlab.training.interruption import InterruptionError, interruptible
from cnnlab.training.methods.distillation import Teacher
from cnnlab.training.methods.early_stopping import EarlyStopping, Plateau
from cnnlab.training.methods.ema import WeightAverage
from cnnlab.training.methods.outlier_exposure import WEIGHT, evenness_loss
from cnnlab.training.methods.spoiled_start import raw_pixels, zero_weights
from cnnlab.training.methods.transfer_learning import Sources, fitting, freeze
from cnnlab.training.observation import Observation, observe
from cnnlab.training.optimizers import OptimizerSettings, make_optimizer
from cnnlab.training.pool_first import pool_first
from cnnlab.training.prefetching import Prefetcher
from cnnlab.training.ranks import ALONE, RankGoneError, Ranks
from cnnlab.training.resumption import (
    State,
    copied,
    dropout_generators,
    give_dropout,
    give_optimizer,
    optimizer_tensors,
)  # fmt: skip
from cnnlab.training.schedules import SCHEDULES
from cnnlab.training.shared_layers import tell_share
from cnnlab.training.shares import Share
from cnnlab.training.step_metrics import step_metrics_for

LOOKED_AT = 100  # training images in an evaluation where a split validates nothing: a thousand would slow fast-99


class Steps(NamedTuple):
    """Training loss and accuracy (0..1) of consecutive steps."""

    losses: list[float]
    accuracies: list[float]


class DivergenceError(CnnlabError):
    """The loss after `step` steps is no longer a finite number; before: those read at the same time that were."""

    def __init__(self, sentence: str, step: int, before: Steps):
        super().__init__(sentence)
        self.step = step
        self.before = before


class _Before(NamedTuple):
    """What stood before a step: the generators' states, the network's buffers, how many steps were averaged."""

    generators: list[tuple[torch.Generator, Tensor]]
    buffers: list[tuple[Tensor, Tensor]]
    averaged: int


class Trainer:
    """Trains one network by one TrainConfig on one Split.

    Deterministic for a seed on a CPU: weights, order, dropout and augmentation come from private generators, so
    neither pauses nor other threads change a bit of the result. Several processes (cnnlab.training.ranks) that take
    its steps at once each learn from a share of every batch; what is drawn at random is drawn for the whole batch in
    each of them, so that together they learn what one would, but for rounding.
    """

    def __init__(
        self,
        config: TrainConfig,
        split: Split,
        device: torch.device,
        sources: Sources | None = None,
        ranks: Ranks = ALONE,
    ):
        """sources: what the settings start_from and teacher name. Raises CnnlabError when that does not fit."""
        if config.batch_size < ranks.world:
            raise CnnlabError(
                f"batch_size is {config.batch_size}, but {ranks.world} processes share each batch: it must be at least "
                "so large."
            )
        self.config = config
        self.device = device
        self._ranks = ranks
        self.split = Split(
            split.train.to(device), split.validation and split.validation.to(device), split.test.to(device)
        )
        self.steps_per_epoch = -(-len(split.train) // config.batch_size)
        self.total_steps = self.steps_per_epoch * config.epochs
        self.step_count = 0
        sources = sources or Sources()
        self.model = ranks.prepared(self._build(sources))
        self._frozen = freeze(self.model, config.freeze)
        self._network = ranks.wrapped(pool_first(self.model))
        self._generator = torch.Generator(device).manual_seed(config.seed)
        self._engine = (
            Eager(ranks.note) if ranks.several else engine_for(device, self.model, config.batch_size, self._generator)
        )
        self._average = WeightAverage(self.model, config.ema, self._engine.scalar(0.0)) if config.ema else None
        self.interrupted: Callable[[], bool] = bool  # set from outside to give passes up (see interruption.py)
        self._stepping = False
        if device.type == "cpu":
            interruptible({self.model, self.shown}, self._gives_up)
        self._teacher = None
        if sources.teacher is not None:
            self._teacher = Teacher(sources.teacher.to(device), config.temperature, config.distill_weight)
        self._precision = (
            partial(torch.autocast, device.type, torch.bfloat16) if config.mixed_precision else nullcontext
        )
        self.optimizer = make_optimizer(
            config.optimizer,
            [parameter for parameter in self.model.parameters() if parameter.requires_grad],
            OptimizerSettings(
                config.learning_rate,
                momentum=config.momentum,
                weight_decay=config.weight_decay,
                nesterov=config.nesterov,
            ),
        )
        self._engine.adopt(self.optimizer)
        self._course = config.course(self.steps_per_epoch)
        self._plateau = Plateau(config.patience) if config.schedule == "plateau" else None
        self._early = EarlyStopping(config.early_stopping - 1) if config.early_stopping else None
        self.ended_early = False
        self._full_rate = self._rate = config.learning_rate  # the first is where the schedule's factor is 1
        self._follow_schedule()
        self._augment = config.augmentation
        # whether numbers are drawn for a batch as a whole, so that each process needs all of its images
        self._drawn = any((self._augment.active, config.augment_forms, config.augment_written, config.outliers))
        self._sample = self._pick_sample()
        self._order: Tensor | None = None
        file = self.split.train.file
        self._prefetcher = Prefetcher(file, device, config.batch_size) if file else None
        self._pixels: Tensor | None = None  # of the present batch, where images do not lie in memory
        self._results = step_metrics_for(device)
        self._read_count = 0  # steps whose results have been read

    def _build(self, sources: Sources) -> torch.nn.Module:
        train = self.split.train
        model = models.build(
            self.config.network,
            models.ImageSpec.of(train),
            seed=self.config.seed,
            options=self.config.options,
        )
        if sources.start:
            model.load_state_dict(fitting(model, sources.start, train.classes), strict=False)
        if self.config.weights == "zero":
            zero_weights(model)
        if self.config.pixels == "raw-255":
            raw_pixels(model, self.config.network)
        # channels last: 1.2 times as many images a second on two CPU cores, and what tensor cores want
        return model.to(self.device).to(memory_format=torch.channels_last).train()

    def _pick_sample(self) -> Dataset:
        """The images that every evaluation looks at; without validation few training images, for what else it sees."""
        part, most = self.split.validation, self.config.eval_images
        if part is None:
            part, most = self.split.train, min(most, LOOKED_AT)
        return part.part(0, min(most, len(part))).loaded()

    @property
    def epoch(self) -> int:
        """Completed epochs."""
        return self.step_count // self.steps_per_epoch

    @property
    def at_epoch_end(self) -> bool:
        """Whether the last step completed an epoch."""
        return self.step_count > 0 and self.step_count % self.steps_per_epoch == 0

    @property
    def done(self) -> bool:
        """Whether all epochs are completed, or validation has ended the run."""
        return self.ended_early or self.step_count >= self.total_steps

    @property
    def learning_rate(self) -> float:
        """What the next step will use."""
        return self._rate

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._full_rate = value / self._factor(min(self.step_count, self.total_steps - 1))
        self._set_rate(value)

    def take_rate(self, value: float) -> None:
        """Use `value` for the next step, as rank 0 does."""
        self._set_rate(value)

    def _follow_schedule(self) -> None:
        """Set the next step's rate from the schedule, in proportion to the rate last set by hand."""
        if not self.done:
            self._set_rate(self._full_rate * self._factor(self.step_count))

    def _factor(self, step: int) -> float:
        return SCHEDULES[self.config.schedule](step, self._course)

    def _set_rate(self, value: float) -> None:
        if value == self._rate:
            return
        self._rate = value
        for group in self.optimizer.param_groups:
            group["lr"] = set_scalar(group["lr"], value)

    def step(self) -> int:
        """Train on the next batch; return how many images it had."""
        chosen = self._next_batch()
        self._pixels = self._next_pixels()
        for module in self._frozen:
            module.eval()
        before = self._before_step()
        if self._average:
            self._average.advance()
        self._stepping = True
        try:
            with self._ranks.noticing():
                result = self._engine.step(self._learn, chosen)
        except (InterruptionError, RankGoneError):
            self._undo(before)
            raise
        finally:
            self._stepping = False
        if self._ranks.leads:
            self._results.add(result)
        self.step_count += 1
        self._follow_schedule()
        return len(chosen)

    def _gives_up(self) -> bool:
        """A step that other processes take too is not given up half-way: they would wait for this one."""
        return self.interrupted() and not (self._stepping and self._ranks.several)

    def state(self) -> State:
        """Where it stands after the last step; `go_on` of an equal trainer continues from there."""
        counts = {name: [each.lowest, each.waited] for name, each in self._counters().items()}
        tensors = copied("model.", self.model.state_dict()) | copied("optimizer.", optimizer_tensors(self.optimizer))
        if self._average:
            tensors |= copied("average.", self._average.model.state_dict())
        tensors |= copied("masks.", {name: g.get_state() for name, g in dropout_generators(self.model).items()})
        tensors["augmentation"] = self._generator.get_state()
        facts = {
            "steps": self.step_count,
            "full_rate": self._full_rate,
            "rate": self._rate,
            "ended_early": self.ended_early,
            "averaged": self._average.steps if self._average else 0,
            "counts": counts,
        }
        return State(tensors, facts)

    def go_on(self, state: State) -> None:
        """Continue from a state of a trainer with the same settings and data. Raises RuntimeError where it differs."""
        facts = state.facts
        self.model.load_state_dict(state.under("model."))
        give_optimizer(self.optimizer, state.under("optimizer."))
        give_dropout(self.model, state.under("masks."))
        self._generator.set_state(state.tensors["augmentation"])
        if self._average:
            self._average.model.load_state_dict(state.under("average."))
            self._average.steps = facts["averaged"]
        for name, each in self._counters().items():
            each.lowest, each.waited = facts["counts"][name]
        self.step_count = self._read_count = facts["steps"]
        self.ended_early, self._full_rate = facts["ended_early"], facts["full_rate"]
        self._set_rate(facts["rate"])

    def _counters(self) -> dict[str, EarlyStopping]:
        counters = {"plateau": self._plateau, "early": self._early}
        return {name: each for name, each in counters.items() if each}

    def _learn(self, chosen: Tensor) -> Tensor:
        """Learn from the examples with indices `chosen`, int64 [N]; return their [loss, accuracy], on the device.

        A CUDA graph may record it: nothing here may depend on a value on the device, or on a Python value that
        changes from step to step.
        """
        share = self._ranks.share(len(chosen))
        images, labels, known = self._batch(chosen, share)
        if self._ranks.several:
            tell_share(self.model, share)
        with self._precision():
            logits = self._network(images)
        loss, right = self._loss(logits.float(), images, labels, known, share)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        figures = self._ranks.mean(torch.stack((loss.detach(), right)))  # the last that may find another process gone
        self.optimizer.step()
        if self._average:
            self._average.update(self.model)
        return figures

    def _batch(self, chosen: Tensor, share: Share) -> tuple[Tensor, Tensor, int]:
        """(the share's images as the network sees them, their labels, how many of the whole batch have a label)."""
        if not self._drawn:
            chosen = share.of(chosen)
        images = self.split.train.images[chosen] if self._pixels is None else self._pixels
        labels = self.split.train.labels[chosen]
        if not self._drawn:
            return as_input(images), labels, share.count
        styles = {"forms": self.config.augment_forms, "written": self.config.augment_written}
        images, known = with_outliers(as_input(images), labels, self.config.outliers, self._generator)
        images = varied(images, labels, self._augment, self._generator, **styles)
        return share.of(images), share.of(labels), known

    def _loss(self, logits: Tensor, images: Tensor, labels: Tensor, known: int, share: Share) -> tuple[Tensor, Tensor]:
        """(loss, accuracy) of the share, so that their means over all processes are those of the batch.

        The batch's first `known` images have a label, the others are outliers.
        """
        mine, others = share.between(0, known), share.between(known, share.count)
        logits, outside, _ = logits.split((mine, others, len(images) - mine - others))
        images, labels = images[:mine], labels[:mine]
        if mine:
            loss = F.cross_entropy(logits, labels, label_smoothing=self.config.label_smoothing)
            if self._teacher:
                loss = self._teacher.blend(loss, logits, images)
            right = (logits.detach().argmax(1) == labels).float().mean()
            loss, right = share.weighed(loss, mine, known), share.weighed(right, mine, known)
        else:  # of several processes: a mean over nothing is no number
            loss = logits.sum()
            right = loss.detach()
        if others:
            loss = loss + WEIGHT * share.weighed(evenness_loss(outside), others, share.count - known)
        return loss, right

    def _before_step(self) -> _Before | None:
        """What a step changes before its weights; None where no step is given up half-way."""
        if self.device.type != "cpu":
            return None
        generators = [self._generator, *dropout_generators(self.model).values()]
        return _Before(
            [(generator, generator.get_state()) for generator in generators],
            [(buffer, buffer.clone()) for buffer in self.model.buffers()],
            self._average.steps if self._average else 0,
        )

    def _undo(self, before: _Before | None) -> None:
        if before is None:
            return
        for generator, state in before.generators:
            generator.set_state(state)
        for buffer, value in before.buffers:
            buffer.copy_(value)
        if self._average:
            self._average.steps = before.averaged

    def note_validation(self, measured: Score | None) -> None:
        """Let an epoch's validation lower the learning rate or end the run, if the settings say so."""
        if not measured:
            return
        if self._early and self._early.update(measured.loss):
            self.ended_early = self.step_count < self.total_steps
        if self._plateau and self._plateau.update(measured.loss):
            self._full_rate *= self.config.gamma
            self._follow_schedule()

    def _next_batch(self) -> Tensor:
        within = self.step_count % self.steps_per_epoch
        if within == 0 or self._order is None:
            self._order = self._next_order()
        return self._order[within * self.config.batch_size : (within + 1) * self.config.batch_size]

    def _next_pixels(self) -> Tensor | None:
        """What this process needs of the batch, uint8 [n, C, H, W], where images stay in a file."""
        reader = self._prefetcher
        if reader is None or self._order is None:
            return None
        if reader.step != self.step_count:
            left = self._order.cpu()[self.step_count % self.steps_per_epoch * self.config.batch_size :]
            batches = left.split(self.config.batch_size)
            if not self._drawn:
                batches = [self._ranks.share(len(batch)).of(batch) for batch in batches]
            reader.begin(self.step_count, [batch.tolist() for batch in batches])
        return reader.next()

    def release(self) -> None:
        """Let go of what reads ahead; another step would begin it anew."""
        if self._prefetcher:
            self._prefetcher.close()

    def _next_order(self) -> Tensor:
        """The indices of the training images, int64 [N] on the device, as this epoch shows them."""
        if self.config.order == "sorted":
            return self.split.train.labels.argsort(stable=True)
        generator = torch.Generator().manual_seed(self.config.seed * 10_000 + self.epoch)
        order = torch.randperm(len(self.split.train), generator=generator)
        beside = self.device.type == "cuda"  # page-locked memory is copied while earlier steps still run
        return (order.pin_memory() if beside else order).to(self.device, non_blocking=beside)

    def read_steps(self, force: bool = False) -> Steps:
        """Losses and accuracies of the steps since the last reading; on a GPU those that have arrived, unless forced.

        Raises DivergenceError when a loss is no longer a finite number.
        """
        rows = self._results.read(force)
        if not len(rows):
            return Steps([], [])
        losses, accuracies = rows.unbind(1)
        first = self._read_count + 1
        self._read_count += len(losses)
        bad = (~losses.isfinite()).nonzero()
        if len(bad):
            at = int(bad[0].item())
            raise DivergenceError(
                f"The loss became {losses[at]:g} at step {first + at} with learning rate {self.learning_rate:g}: "
                "start again with a smaller learning rate.",
                step=first + at,
                before=Steps(losses[:at].tolist(), accuracies[:at].tolist()),
            )
        return Steps(losses.tolist(), accuracies.tolist())

    @property
    def engine_note(self) -> str:
        """How the steps are carried out, for people: "each step one CUDA graph", or nothing."""
        return self._engine.note

    @property
    def shown(self) -> torch.nn.Module:
        """The network that is measured and saved: the averaged one if weights are averaged."""
        return self._average.model if self._average else self.model

    def gradient_norms(self) -> dict[str, float]:
        """Of the last step, by layer (cnnlab.training.gradients)."""
        return gradient_norms(self.model)

    def score_sample(self) -> Observation:
        """What the network does on the fixed sample: of the validation images, else of LOOKED_AT training images."""
        return observe(self.shown, self._sample, validates=self.split.validation is not None)

    def score_validation(self) -> Score | None:
        """Score on all validation images; None where the split has none."""
        validation = self.split.validation
        return None if validation is None else score(self.shown, validation)

    def score_test(self) -> Score:
        """Score on the test images."""
        return score(self.shown, self.split.test)

    def probabilities(self, images: Tensor) -> Tensor:
        """Class probabilities [N, classes] on the CPU of uint8 images [N, C, H, W], without touching the training."""
        return models.logits_of(self.shown, images.to(self.device)).softmax(1).cpu()

    def weights(self) -> dict[str, Tensor]:
        """A copy of all weights and buffers on the CPU, which later steps do not change."""
        return {
            name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
            for name, value in self.shown.state_dict().items()
        }
