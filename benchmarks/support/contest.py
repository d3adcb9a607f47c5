"""Two trainings side by side: what cnnlab's engine and the article's loop have in common for a clock."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import torch

from cnnlab.data import datasets
from cnnlab.data.splits import split
from cnnlab.training.config import TrainConfig
from cnnlab.training.trainer import Trainer


class Contestant(Protocol):
    """Anything that trains by steps."""

    device: torch.device

    def step(self) -> int:
        """Train on the next batch; return how many images it had."""

    def accuracy(self) -> float:
        """Share of the test images read right, 0..1."""


class Cnnlab:
    """cnnlab's trainer, fed as the page and the command line feed it."""

    def __init__(self, config: TrainConfig, device: torch.device):
        self.device = device
        self.trainer = Trainer(config, split(config.split, *datasets.load(config.dataset)), device)

    @property
    def done(self) -> bool:
        """Whether all epochs are over."""
        return self.trainer.done

    def step(self) -> int:
        """Train on the next batch; return how many images it had."""
        images = self.trainer.step()
        self.trainer.read_steps()
        return images

    def accuracy(self) -> float:
        """Share of the test images read right, 0..1."""
        return self.trainer.score_test().accuracy

    def train(self, images: int) -> float:
        """Seconds for the next `images` training images."""
        return train(self, images)


def train(contestant: Contestant, images: int) -> float:
    """Seconds for the next `images` training images, or a few more to the end of a batch."""
    return clocked(contestant.device, lambda: _steps(contestant, images))


def _steps(contestant: Contestant, images: int) -> None:
    while images > 0 and not getattr(contestant, "done", False):
        images -= contestant.step()


def clocked(device: torch.device, work: Callable[[], None]) -> float:
    """Seconds that `work` takes, everything that a GPU still has to do included."""
    _wait(device)
    started = time.perf_counter()
    work()
    _wait(device)
    return time.perf_counter() - started


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
