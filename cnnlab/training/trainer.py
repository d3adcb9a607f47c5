"""Steps and epochs of training: the mathematics, without thread, file or page."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from cnnlab import models
from cnnlab.data.dataset import as_input
from cnnlab.data.forms import add_forms
from cnnlab.data.splits import Split
from cnnlab.errors import CnnlabError
from cnnlab.models import Score, score
from cnnlab.training.config import TrainConfig
from cnnlab.training.optimizers import make_optimizer
from cnnlab.training.schedules import SCHEDULES

ACCELERATOR_SYNC_STEPS = 50  # reading a loss waits for the GPU, so they are read in bundles there


class Steps(NamedTuple):
    """Training loss and accuracy (0..1) of consecutive steps."""

    losses: list[float]
    accuracies: list[float]


class Trainer:
    """Trains one network by one TrainConfig on one Split.

    Deterministic for a seed on a CPU: weights, order, dropout and augmentation come from generators of its own, so
    neither pausing nor other threads change a bit of it.
    """

    def __init__(self, config: TrainConfig, split: Split, device: torch.device):
        self.config = config
        self.device = device
        self.split = Split(*(part and part.to(device) for part in split))
        self.steps_per_epoch = -(-len(split.train) // config.batch_size)
        self.total_steps = self.steps_per_epoch * config.epochs
        self.step_count = 0
        self.model = self._build()
        self.optimizer = make_optimizer(
            config.optimizer, self.model.parameters(), config.learning_rate, config.momentum, config.weight_decay
        )
        self._factor = SCHEDULES[config.schedule]
        self._full_rate = config.learning_rate  # where the schedule's factor is 1
        self._follow_schedule()
        self._augment = config.augmentation
        self._chance = torch.Generator(device).manual_seed(config.seed)
        self._sample = self._pick_sample()
        self._order: Tensor | None = None
        self._unread: list[Tensor] = []
        self._sync_steps = 1 if device.type == "cpu" else ACCELERATOR_SYNC_STEPS

    def _build(self) -> torch.nn.Module:
        train = self.split.train
        model = models.build(
            self.config.network,
            in_shape=train.image_shape,
            classes=len(train.classes),
            mean=train.mean,
            std=train.std,
            seed=self.config.seed,
            options=self.config.options,
        )
        # channels last: 1.2 times as many images a second on two CPU cores, and what tensor cores want
        return model.to(self.device, memory_format=torch.channels_last).train()

    def _pick_sample(self):
        validation = self.split.validation
        return validation and validation.part(0, min(self.config.eval_images, len(validation)))

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
        """Whether all epochs are completed."""
        return self.step_count >= self.total_steps

    @property
    def learning_rate(self) -> float:
        """What the next step will use."""
        return self.optimizer.param_groups[0]["lr"]

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self.config.replace(learning_rate=value)  # raises for a value that no config may have
        self._full_rate = value / self._factor(min(self.step_count, self.total_steps - 1), self.total_steps)
        self._set_rate(value)

    def _follow_schedule(self) -> None:
        """Have the next step use what the schedule says, in proportion to the rate last set by hand."""
        if not self.done:
            self._set_rate(self._full_rate * self._factor(self.step_count, self.total_steps))

    def _set_rate(self, value: float) -> None:
        for group in self.optimizer.param_groups:
            group["lr"] = value

    def step(self) -> int:
        """Train on the next batch; return how many images it had."""
        chosen = self._next_batch()
        images, labels = self.split.train.images[chosen], self.split.train.labels[chosen]
        logits = self.model(self._varied(as_input(images), labels))
        loss = F.cross_entropy(logits, labels, label_smoothing=self.config.label_smoothing)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        right = (logits.detach().argmax(1) == labels).float().mean()
        self._unread.append(torch.stack((loss.detach(), right)))
        self.step_count += 1
        self._follow_schedule()
        return len(labels)

    def _varied(self, images: Tensor, labels: Tensor) -> Tensor:
        if self.config.augment_forms:
            images = add_forms(images, labels, self.config.augment_forms, self._chance)
        return self._augment(images, self._chance)

    def _next_batch(self) -> Tensor:
        within = self.step_count % self.steps_per_epoch
        if within == 0 or self._order is None:
            generator = torch.Generator().manual_seed(self.config.seed * 10_000 + self.epoch)
            self._order = torch.randperm(len(self.split.train), generator=generator).to(self.device)
        return self._order[within * self.config.batch_size : (within + 1) * self.config.batch_size]

    def read_steps(self, force: bool = False) -> Steps:
        """Losses and accuracies of the steps since the last reading; on a GPU only every few steps unless forced.

        Raises CnnlabError when a loss is no longer a finite number.
        """
        if not self._unread or (not force and len(self._unread) < self._sync_steps):
            return Steps([], [])
        losses, accuracies = torch.stack(self._unread).cpu().unbind(1)
        first = self.step_count - len(self._unread) + 1
        self._unread.clear()
        bad = (~losses.isfinite()).nonzero()
        if len(bad):
            at = bad[0].item()
            raise CnnlabError(
                f"The loss became {losses[at]:g} at step {first + at} with learning rate {self.learning_rate:g}: "
                "start again with a smaller learning rate."
            )
        return Steps(losses.tolist(), accuracies.tolist())

    def score_sample(self) -> Score | None:
        """Score on the fixed sample of the validation images; None where the split has none."""
        return self._sample and score(self.model, self._sample)

    def score_validation(self) -> Score | None:
        """Score on all validation images; None where the split has none."""
        return self.split.validation and score(self.model, self.split.validation)

    def score_test(self) -> Score:
        """Score on the test images."""
        return score(self.model, self.split.test)

    def probabilities(self, images: Tensor) -> Tensor:
        """Class probabilities [N, classes] on the CPU of uint8 images [N, C, H, W], without touching the training."""
        return models.logits_of(self.model, images.to(self.device)).softmax(1).cpu()

    def weights(self) -> dict[str, Tensor]:
        """A copy of all weights and buffers on the CPU, which later steps do not change."""
        return {
            name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
            for name, value in self.model.state_dict().items()
        }
