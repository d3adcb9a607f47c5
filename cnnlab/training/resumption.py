"""Where a run stands between two steps, so that it can go on later as if nothing had been between."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnlab.models.modules.dropout import SeededDropout


@dataclass(frozen=True)
class State:
    """tensors: copies on the CPU, by name; facts: everything else, as JSON knows it."""

    tensors: Mapping[str, Tensor]
    facts: Mapping[str, Any]

    def under(self, prefix: str) -> dict[str, Tensor]:
        """The tensors whose names begin with `prefix`, by the rest of their names."""
        return {name.removeprefix(prefix): value for name, value in self.tensors.items() if name.startswith(prefix)}


def copied(prefix: str, tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Copies on the CPU, their names after `prefix`."""
    return {
        prefix + name: value.detach().to("cpu", copy=True, memory_format=torch.contiguous_format)
        for name, value in tensors.items()
    }


def optimizer_tensors(optimizer: torch.optim.Optimizer) -> dict[str, Tensor]:
    """What the optimiser remembers of every parameter, as "<number>.<what>"."""
    return {
        f"{number}.{what}": value
        for number, parameter in enumerate(_parameters(optimizer))
        for what, value in optimizer.state[parameter].items()
        if isinstance(value, Tensor)
    }


def give_optimizer(optimizer: torch.optim.Optimizer, remembered: Mapping[str, Tensor]) -> None:
    """Let the optimiser remember that again; what belongs to a weight lies in memory as the weight does."""
    parameters = _parameters(optimizer)
    for name, value in remembered.items():
        number, _, what = name.partition(".")
        parameter = parameters[int(number)]
        like = torch.empty_like(parameter) if value.shape == parameter.shape else torch.empty_like(value)
        with torch.no_grad():
            optimizer.state[parameter][what] = like.to(value.dtype).copy_(value)


def _parameters(optimizer: torch.optim.Optimizer) -> list[nn.Parameter]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def dropout_generators(model: nn.Module) -> dict[str, torch.Generator]:
    """The generators of the masks that have been drawn from, by the layer's name."""
    layers = ((name, layer) for name, layer in model.named_modules() if isinstance(layer, SeededDropout))
    return {name: layer.generator for name, layer in layers if layer.generator is not None}


def give_dropout(model: nn.Module, states: Mapping[str, Tensor]) -> None:
    """Let each layer's masks go on where they stood."""
    device = next(model.parameters()).device
    for name, layer in model.named_modules():
        if name in states and isinstance(layer, SeededDropout):
            layer.go_on(states[name], device)
