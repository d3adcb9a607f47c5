"""Transfer learning: start from another run's weights and freeze some layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError


@dataclass(frozen=True)
class Start:
    """The weights a run begins with: where they come from, and the classes of their network."""

    reference: str
    network: str
    classes: tuple[str, ...]
    tensors: Mapping[str, Tensor]


@dataclass(frozen=True)
class Sources:
    """What a run takes from earlier ones. teacher: a trained network from the same images to the same classes."""

    start: Start | None = None
    teacher: nn.Module | None = None


def head(model: nn.Module) -> str:
    """The name of the layer that gives the classes: the last with a weight matrix."""
    return [name for name, module in model.named_modules() if getattr(getattr(module, "weight", None), "ndim", 0) > 1][
        -1
    ]


def fitting(model: nn.Module, start: Start, classes: Sequence[str]) -> dict[str, Tensor]:
    """The weights of `start` to load into `model`: all of them, but not the head's if `classes` differ.

    Raises CnnlabError naming the first weight that does not fit.
    """
    taken = dict(start.tensors)
    present = model.state_dict()
    if tuple(classes) != start.classes:
        last = head(model)
        present = {name: value for name, value in present.items() if name.rpartition(".")[0] != last}
        taken = {name: value for name, value in taken.items() if name.rpartition(".")[0] != last}
    for name in [*present, *taken]:
        mine, theirs = present.get(name), taken.get(name)
        if mine is None or theirs is None or mine.shape != theirs.shape:
            raise CnnlabError(
                f"start_from is {start.reference!r}, a {start.network}: its {name} is {_size(theirs)}, here it is "
                f"{_size(mine)}; choose a run of the same network for images of the same kind."
            )
    return taken


def freeze(model: nn.Module, names: Sequence[str]) -> list[nn.Module]:
    """Fix the weights of the layers (or groups of layers) `names`; return them.

    Keep them in evaluation mode while training, or batch normalisation would still move. Raises CnnlabError for an
    unknown name, or when nothing would be left to train.
    """
    modules = dict(model.named_modules())
    layers = [name for name, module in modules.items() if name and any(True for _ in module.parameters())]
    for name in names:
        if name not in layers:
            raise CnnlabError(f"freeze is {name!r}: choose among {', '.join(layers)}.")
        modules[name].requires_grad_(False)
    if names and not any(parameter.requires_grad for parameter in model.parameters()):
        raise CnnlabError(f"freeze is {', '.join(names)}: that is every layer, so nothing would be left to train.")
    return [modules[name] for name in names]


def _size(value: Tensor | None) -> str:
    if value is None:
        return "missing"
    return dimensions(value.shape) or "a number"
