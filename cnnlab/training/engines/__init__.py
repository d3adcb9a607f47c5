"""Ways to carry out a training step: operation by operation, or all of them as one recorded CUDA graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor, nn

from cnnlab.training.engines.eager import Eager
from cnnlab.training.engines.recorded import Recorded

Learn = Callable[[Tensor], Tensor]  # a step on the examples int64 [N], returning [loss, accuracy] on their device


class Engine(Protocol):
    """Carries out a Trainer's steps."""

    note: str  # how the steps are carried out, for people; empty when there is nothing to say

    def scalar(self, value: float) -> float | Tensor:
        """A number that changes between steps, in a form that set_scalar can change for them (engines.scalars)."""

    def adopt(self, optimizer: torch.optim.Optimizer) -> None:
        """Prepare `optimizer` before its first step; its learning rates become scalars."""

    def step(self, learn: Learn, chosen: Tensor) -> Tensor:
        """learn(chosen), and what it returns; that may be overwritten by the next step."""


def engine_for(device: torch.device, model: nn.Module, batch: int, generator: torch.Generator) -> Engine:
    """The fastest engine for steps of `model` on `batch` examples; generator: what augments them."""
    return Recorded(device, model, batch, generator) if device.type == "cuda" else Eager()
