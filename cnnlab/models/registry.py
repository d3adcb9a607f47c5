"""The registry of networks by name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.options import Option, hashable

MNIST = ImageSpec()  # its images, not normalised


@dataclass(frozen=True)
class ModelSpec:
    """A registered network: how to make it, what may be chosen about it, and what to say of it.

    make(images, **options), with a value for every declared option, returns a module from float
    [N, C, H, W] in [0, 1] to logits [N, classes]. made_for: the images' shape and number of classes where it was
    published. listed: whether it is one to choose for training. start: sets the first weights where they are not those
    that torch's layers give themselves.
    """

    name: str
    title: str
    source: str
    make: Callable[..., nn.Module]
    options: tuple[Option, ...] = ()
    made_for: tuple[tuple[int, int, int], int] = ((1, 28, 28), 10)
    listed: bool = True
    start: Callable[[nn.Module], None] | None = None

    def checked(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """`chosen` with proper types, immutable. Raises CnnlabError naming network, option, value and allowed ones."""
        declared = {option.name: option for option in self.options}
        typed = {}
        for name, value in chosen.items():
            if name not in declared:
                allowed = f"choose one of {', '.join(declared)}" if declared else "it has no options"
                raise CnnlabError(f"{self.name} has no option {name!r}: {allowed}.")
            try:
                typed[name] = hashable(declared[name].parse(value))
            except (TypeError, ValueError, OverflowError):
                raise CnnlabError(
                    f"Option {name} of {self.name} is {value!r}: it must be {declared[name].allowed}."
                ) from None
        return typed

    def complete(self, chosen: Mapping[str, Any]) -> dict[str, Any]:
        """A value for every option: the chosen ones, checked, and the defaults."""
        return {option.name: option.default for option in self.options} | self.checked(chosen)


_registry: dict[str, ModelSpec] = {}
_building = threading.Lock()


def register(
    name: str,
    title: str,
    source: str,
    *options: Option,
    made_for: tuple[tuple[int, int, int], int] = ((1, 28, 28), 10),
    listed: bool = True,
    start: Callable[[nn.Module], None] | None = None,
) -> Callable:
    """Decorator that enters a `make` function (see ModelSpec) under `name`, with the options it takes."""

    def enter(make: Callable) -> Callable:
        _registry[name] = ModelSpec(name, title, source, make, options, made_for, listed, start)
        return make

    return enter


def specs() -> list[ModelSpec]:
    """Every listed network, in the order of registration."""
    return [found for found in _registry.values() if found.listed]


def spec(name: str) -> ModelSpec:
    """The registered network `name`. Raises CnnlabError naming the known ones."""
    if name not in _registry:
        raise CnnlabError(f"network is {name!r}: choose one of {', '.join(each.name for each in specs())}.")
    return _registry[name]


def build(
    name: str, images: ImageSpec = MNIST, *, seed: int = 0, options: Mapping[str, Any] | None = None
) -> nn.Module:
    """A freshly initialised network on the CPU; the same seed gives the same weights and dropout masks.

    Leaves torch's global generator as it was, whatever other threads build meanwhile. Raises CnnlabError for an unknown
    network or a wrong option.
    """
    found = spec(name)
    chosen = found.complete(options or {})
    with _building, torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = found.make(images, **chosen)
        if found.start:
            found.start(model)
    for number, module in enumerate(m for m in model.modules() if isinstance(m, SeededDropout)):
        module.seed(seed * 1_000 + number)
    return model


def outline(name: str, images: ImageSpec = MNIST, *, options: Mapping[str, Any] | None = None) -> nn.Module:
    """The network without memory for its values (torch's meta device): to count and list, at once even for VGG."""
    found = spec(name)
    with torch.device("meta"):
        return found.make(images.raw, **found.complete(options or {}))


def parameter_count(model: nn.Module) -> int:
    """Number of trainable values."""
    return sum(p.numel() for p in model.parameters())
