"""The network whose layers are listed in its options: one's own."""

from __future__ import annotations

import math
from collections import Counter, OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any

from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.build import layer_specs as lists
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.normalize import Normalize
from cnnlab.models.options import Checked, freeze
from cnnlab.models.registry import register

NAME = "custom"
EXAMPLE = (
    {"kind": "conv", "channels": 8, "kernel": 5, "padding": 2},
    {"kind": "activation"},
    {"kind": "max-pool"},
    {"kind": "conv", "channels": 16, "kernel": 3},
    {"kind": "batch-norm"},
    {"kind": "activation"},
    {"kind": "max-pool"},
    {"kind": "flatten"},
    {"kind": "linear", "units": 32},
    {"kind": "activation"},
    {"kind": "dropout", "p": 0.2},
)
_FUNCTIONS = {
    "relu": nn.ReLU,
    "leaky relu": lambda: nn.LeakyReLU(0.1),
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
_PREFIX = {
    "conv": "conv",
    "batch-norm": "bn",
    "max-pool": "pool",
    "avg-pool": "pool",
    "dropout": "dropout",
    "global-average-pool": "mean",
    "flatten": "flatten",
    "linear": "fc",
}


@register(
    NAME,
    "A network of one's own: a list of layers",
    "cnnlab",
    Checked("layers", freeze(lists.checked(EXAMPLE)), "its layers", "a list of layers", lists.checked),
)
def custom(
    in_shape: tuple[int, int, int],
    classes: int,
    mean: Sequence[float],
    std: Sequence[float],
    layers: Sequence[Mapping[str, Any]],
) -> nn.Module:
    """Normalisation, the listed layers (see cnnlab.models.build.layer_specs), and a linear layer to the classes.

    Raises CnnlabError naming the first layer that does not fit.
    """
    shapes, problem = lists.fit(layers, in_shape)
    if problem:
        raise CnnlabError(problem)
    modules, used, shape = OrderedDict(normalize=Normalize(mean, std)), Counter(), tuple(in_shape)
    for layer, after in zip(layers, shapes, strict=True):
        _add(modules, used, _module(layer, shape), _PREFIX.get(layer["kind"], layer.get("function", "")))
        if layer["kind"] == "global-average-pool":
            _add(modules, used, nn.Flatten(), "flatten")
        shape = after
    if len(shape) == 3:
        _add(modules, used, nn.Flatten(), "flatten")
    _add(modules, used, nn.Linear(math.prod(shape), classes), "fc")
    return nn.Sequential(modules)


def _add(modules: OrderedDict[str, nn.Module], used: Counter, module: nn.Module, prefix: str) -> None:
    """Enter `module` as conv1, conv2, relu1, …"""
    prefix = prefix.replace(" ", "_")
    used[prefix] += 1
    modules[f"{prefix}{used[prefix]}"] = module


def _module(layer: Mapping[str, Any], shape: tuple[int, ...]) -> nn.Module:
    kind = layer["kind"]
    if kind == "conv":
        return nn.Conv2d(shape[0], layer["channels"], layer["kernel"], layer["stride"], layer["padding"])
    if kind in ("max-pool", "avg-pool"):
        return (nn.MaxPool2d if kind == "max-pool" else nn.AvgPool2d)(layer["kernel"], layer["stride"])
    if kind == "batch-norm":
        return (nn.BatchNorm2d if len(shape) == 3 else nn.BatchNorm1d)(shape[0])
    if kind == "linear":
        return nn.Linear(shape[0], layer["units"])
    if kind == "activation":
        return _FUNCTIONS[layer["function"]]()
    if kind == "dropout":
        return SeededDropout(layer["p"])
    return nn.Flatten() if kind == "flatten" else nn.AdaptiveAvgPool2d(1)
