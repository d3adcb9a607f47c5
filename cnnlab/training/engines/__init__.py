"""Ways to carry out a training step: operation by operation, or all of them as one recorded CUDA graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from cnnlab.training.engines.eager import Eager
from cnnlab.training.engines.recorded import Recorded

Learn = Callable[[Tensor], Tensor]  # a step on the examples int64 [N], giving [loss, share right] on their device


class Engine(Protocol):
    """What a Trainer needs of one."""

    note: str  # how the steps are carried out, for people; empty when there is nothing to say

    def scalar(self, value: float) -> float | Tensor:
        """A number that changes between steps, in a form that the steps obey (see scalars.set_scalar)."""

    def adopt(self, optimizer: torch.optim.Optimizer) -> None:
        """Have `optimizer`, before its first step, work as the steps need it; its rates become scalars."""

    def step(self, learn: Learn, chosen: Tensor) -> Tensor:
        """learn(chosen), and what it returns; that may be overwritten by the next step."""


def engine_for(device: torch.device, model: nn.Module, batch: int, generator: torch.Generator) -> Engine:
    """The fastest engine for steps of `model` on `batch` examples; generator: what augments them."""
    return Recorded(device, model, batch, generator) if device.type == "cuda" else Eager()
