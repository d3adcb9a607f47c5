"""Networks by name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.dropout import SeededDropout


@dataclass(frozen=True)
class ModelSpec:
    """A registered network: how to make it, and what to say of it.

    make(in_shape, classes, mean, std) returns a module from float [N, C, H, W] in [0, 1] to logits [N, classes].
    """

    name: str
    title: str
    source: str
    make: Callable[[tuple[int, int, int], int, Sequence[float], Sequence[float]], nn.Module]


_registry: dict[str, ModelSpec] = {}
_building = threading.Lock()


def register(name: str, title: str, source: str) -> Callable:
    """Decorator that enters a `make` function (see ModelSpec) under `name`."""

    def enter(make: Callable) -> Callable:
        _registry[name] = ModelSpec(name, title, source, make)
        return make

    return enter


def specs() -> list[ModelSpec]:
    """Every registered network, in the order of registration."""
    return list(_registry.values())


def spec(name: str) -> ModelSpec:
    """The registered network `name`. Raises CnnlabError naming the known ones."""
    if name not in _registry:
        raise CnnlabError(f"network is {name!r}: choose one of {', '.join(_registry)}.")
    return _registry[name]


def build(
    name: str,
    *,
    in_shape: tuple[int, int, int] = (1, 28, 28),
    classes: int = 10,
    mean: Sequence[float] = (0.0,),
    std: Sequence[float] = (1.0,),
    seed: int = 0,
) -> nn.Module:
    """A freshly initialised network on the CPU; the same seed gives the same weights and dropout masks.

    Leaves torch's global generator as it was, whatever other threads build meanwhile.
    """
    make = spec(name).make
    with _building, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = make(in_shape, classes, mean, std)
    for number, module in enumerate(m for m in model.modules() if isinstance(m, SeededDropout)):
        module.seed(seed * 1_000 + number)
    return model


def parameter_count(model: nn.Module) -> int:
    """Number of trainable values."""
    return sum(p.numel() for p in model.parameters())
