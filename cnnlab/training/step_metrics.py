"""Losses and accuracies of steps, copied from the device without holding up the steps."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

BUNDLE = 50  # steps whose results leave an accelerator together
BUNDLES = 4  # that may be in transfer at once
PATIENCE = 0.2  # seconds after which an incomplete bundle leaves, when steps are slow


class StepMetrics(Protocol):
    """Results in the order of the steps."""

    def add(self, result: Tensor) -> None:
        """Add a step's [loss, accuracy], float32 [2] on the device; the tensor may be overwritten afterwards."""

    def read(self, force: bool) -> Tensor:
        """float32 [n, 2] on the CPU: what has arrived since the last reading; with `force` all of it."""


def step_metrics_for(device: torch.device) -> StepMetrics:
    """The implementation that delays the steps on `device` least."""
    if device.type == "cuda":
        return Ring(device)
    return Pile(1 if device.type == "cpu" else BUNDLE)


class Pile:
    """Returns all results as soon as there are `least`; reading waits for the device."""

    def __init__(self, least: int):
        self._least = least
        self._results: list[Tensor] = []

    def add(self, result: Tensor) -> None:
        """See StepMetrics.add; `result` must stay as it is."""
        self._results.append(result)

    def read(self, force: bool) -> Tensor:
        """See StepMetrics.read."""
        if not self._results or (not force and len(self._results) < self._least):
            return torch.empty(0, 2)
        rows = torch.stack(self._results).cpu()
        self._results.clear()
        return rows


class Ring:
    """Copies bundles of results to page-locked memory while steps run; reading returns those that have arrived.

    An event after each copy tells when it has arrived. The buffers on the host are used in turn; the oldest
    bundle is waited for only when all buffers are in use.
    """

    def __init__(
        self,
        device: torch.device,
        bundle: int = BUNDLE,
        bundles: int = BUNDLES,
        patience: float = PATIENCE,
        event: Callable[[], torch.cuda.Event] = torch.cuda.Event,
    ):
        self._here = torch.empty(bundle, 2, device=device)
        self._places = torch.empty(bundles, bundle, 2, pin_memory=device.type == "cuda")
        self._event = event
        self._patience = patience
        self._filled = 0  # rows of _here that wait to be sent
        self._sent = 0  # bundles so far
        self._sent_at = time.monotonic()
        self._under_way: deque[tuple[Tensor, torch.cuda.Event]] = deque()
        self._arrived: list[Tensor] = []

    def add(self, result: Tensor) -> None:
        """See StepMetrics.add."""
        self._here[self._filled].copy_(result)
        self._filled += 1
        if self._filled == len(self._here):
            self._send()

    def read(self, force: bool) -> Tensor:
        """See StepMetrics.read."""
        if self._filled and (force or time.monotonic() - self._sent_at > self._patience):
            self._send()
        while self._under_way and (force or self._under_way[0][1].query()):
            self._take_in()
        rows = torch.cat([torch.empty(0, 2), *self._arrived])
        self._arrived.clear()
        return rows

    def _send(self) -> None:
        if len(self._under_way) == len(self._places):
            self._take_in()
        place = self._places[self._sent % len(self._places)][: self._filled]
        place.copy_(self._here[: self._filled], non_blocking=True)
        arrival = self._event()
        arrival.record()
        self._under_way.append((place, arrival))
        self._filled = 0
        self._sent += 1
        self._sent_at = time.monotonic()

    def _take_in(self) -> None:
        place, arrival = self._under_way.popleft()
        arrival.synchronize()
        self._arrived.append(place.clone())
