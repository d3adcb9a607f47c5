"""The stations an image passes on its way through a network, from pixels to logits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.data.dataset import as_input
from cnnlab.models.hooks import end_pass, run_until_ended, watch_leaves
from cnnlab.models.inference import BATCH

PIXELS = "pixels"


class Station(NamedTuple):
    """A station: a convolution or linear layer with what follows it (activation, pooling) up to the next one.

    name: the module's; shape: of one image's values there; place: which call of a leaf module yields them, -1 for the
    pixels themselves.
    """

    name: str
    shape: tuple[int, ...]
    place: int

    @property
    def values(self) -> int:
        """How many numbers an image is at this station."""
        return int(np.prod(self.shape))


def stations(model: nn.Module, image_shape: tuple[int, int, int]) -> list[Station]:
    """The stations in the order in which an image passes them; the first is the pixels, the last the logits."""
    calls: list[tuple[nn.Module, Tensor]] = []
    watched = watch_leaves(model, lambda module, output: calls.append((module, output)))
    names = {module: name for name, module in watched.named_modules()}
    with torch.inference_mode():
        watched(torch.zeros(1, *image_shape))
    stations = [Station(PIXELS, tuple(image_shape), -1)]
    for place, (module, output) in enumerate(calls):
        shape = tuple(output.shape[1:])
        if isinstance(module, nn.Linear | nn.modules.conv._ConvNd):
            stations.append(Station(names[module], shape, place))
        elif len(stations) > 1 and not _passes_on(module):
            stations[-1] = stations[-1]._replace(shape=shape, place=place)
    return stations


def values_at(model: nn.Module, images: Tensor, layer: Station, batch: int = BATCH) -> Iterator[np.ndarray]:
    """What uint8 images [N, C, H, W] are at a station: float32 [n, values], a batch at a time."""
    calls = 0

    def stop_there(_: nn.Module, output: Tensor) -> None:
        nonlocal calls
        if calls == layer.place:
            end_pass(output)
        calls += 1

    watched = watch_leaves(model, stop_there)
    for part in images.split(batch):
        x, calls = as_input(part), 0
        if layer.place >= 0:
            with torch.inference_mode():
                x = run_until_ended(watched, x)
        yield x.flatten(1).numpy()


def _passes_on(module: nn.Module) -> bool:
    return isinstance(module, nn.Flatten | nn.Identity) or "dropout" in type(module).__name__.lower()
