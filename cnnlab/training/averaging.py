"""Weight averaging: beside the network that trains, one that holds the moving average of its weights."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel


class Average:
    """The exponential moving average of a network's weights and buffers; `model` is the network that holds it.

    Of the average, `share` is kept at every step. In the first steps it is less, (1 + step) / (10 + step): the random
    weights of the start would otherwise be remembered for some 1 / (1 - share) steps.
    """

    def __init__(self, network: nn.Module, share: float):
        self.share = share
        self._steps = 0
        self._averaged = AveragedModel(network, multi_avg_fn=self._mix, use_buffers=True)

    @property
    def model(self) -> nn.Module:
        """The averaged network."""
        return self._averaged.module

    def update(self, network: nn.Module) -> None:
        """Take the network's present weights into the average."""
        self._steps += 1
        self._averaged.update_parameters(network)

    @torch.no_grad()
    def _mix(self, averaged: list[Tensor], present: list[Tensor], _) -> None:
        if not averaged[0].is_floating_point():  # counters, such as batch normalisation's number of batches
            torch._foreach_copy_(averaged, present)
            return
        kept = min(self.share, (1 + self._steps) / (10 + self._steps))
        torch._foreach_lerp_(averaged, present, 1 - kept)
