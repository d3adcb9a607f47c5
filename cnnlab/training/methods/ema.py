"""Weight averaging: beside the network that trains, one that holds the moving average of its weights."""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn

from cnnlab.training.engines.scalars import set_scalar


class WeightAverage:
    """The exponential moving average of a network's weights and buffers; `model` is the network that holds it.

    Of the average, `fraction` is kept at every step. In the first steps it is less, (1 + step) / (10 + step): the
    random weights of the start would otherwise be remembered for some 1 / (1 - fraction) steps. torch's AveragedModel
    counts in a tensor that is read at every update, which would hold up a GPU; here the count, `steps`, stays outside.
    """

    def __init__(self, network: nn.Module, fraction: float, mixed_in: float | Tensor = 0.0):
        """mixed_in: a scalar for the fraction of the present weights (cnnlab.training.engines)."""
        self.fraction = fraction
        self.model = copy.deepcopy(network)
        self.steps = 0
        self._mixed_in = mixed_in

    def advance(self) -> None:
        """Begin the next step: set how much its update keeps."""
        self.steps += 1
        kept = min(self.fraction, (1 + self.steps) / (10 + self.steps))
        self._mixed_in = set_scalar(self._mixed_in, 1 - kept)

    @torch.no_grad()
    def update(self, network: nn.Module) -> None:
        """Mix the network's present weights into the average, which starts as a copy of the first ones."""
        pairs = list(zip(_tensors(self.model), _tensors(network), strict=True))
        mixed = [pair for pair in pairs if self.steps > 1 and pair[0].is_floating_point()]
        copied = [pair for pair in pairs if self.steps == 1 or not pair[0].is_floating_point()]
        if copied:  # counters too, such as batch normalisation's number of batches
            torch._foreach_copy_([average for average, _ in copied], [present for _, present in copied])
        if mixed:
            _mix([average for average, _ in mixed], [present for _, present in mixed], self._mixed_in)


def _tensors(network: nn.Module) -> list[Tensor]:
    return [*network.parameters(), *network.buffers()]


def _mix(averaged: list[Tensor], present: list[Tensor], fraction: float | Tensor) -> None:
    """Move `averaged` towards `present` by `fraction`."""
    if not isinstance(fraction, Tensor):
        torch._foreach_lerp_(averaged, present, fraction)
        return
    way = torch._foreach_sub(present, averaged)  # lerp would read the fraction back to the CPU
    torch._foreach_mul_(way, fraction)
    torch._foreach_add_(averaged, way)
