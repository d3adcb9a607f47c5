"""Giving a pass through a network up between two of its layers, because the run is to stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from torch import Tensor, nn


class InterruptionError(Exception):
    """The pass was given up; the step or measurement that it belonged to did not happen."""


def interruptible(networks: Iterable[nn.Module], interrupted: Callable[[], bool]) -> None:
    """Make passes through `networks`, forward and back, raise InterruptionError before a layer once `interrupted`.

    One step of AlexNet takes seconds on a laptop, and measuring it a minute: between steps would be too late.
    """

    def in_backward(_: Tensor) -> None:
        if interrupted():
            raise InterruptionError

    def before(_: nn.Module, inputs: tuple) -> None:
        if interrupted():
            raise InterruptionError
        for each in inputs:
            if isinstance(each, Tensor) and each.requires_grad:
                each.register_hook(in_backward)

    for network in networks:
        for layer in network.modules():
            if not any(True for _ in layer.children()):
                layer.register_forward_pre_hook(before)
