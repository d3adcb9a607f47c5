"""The custom network: its layers are listed in its options."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.build import layer_specs
from cnnlab.models.build.common_options import BATCH, FLATTEN
from cnnlab.models.build.sequential import SequentialBuilder
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


@register(
    NAME,
    "A network of one's own: a list of layers",
    "cnnlab",
    Checked("layers", freeze(layer_specs.checked(EXAMPLE)), "its layers", "a list of layers", layer_specs.checked),
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
    _, problem = layer_specs.fit(layers, in_shape)
    if problem:
        raise CnnlabError(problem)
    stack = SequentialBuilder(in_shape, mean, std)
    for layer in layers:
        _ADD[layer["kind"]](stack, layer)
    if len(stack.shape) == 3:
        stack.vector(FLATTEN)
    return stack.linear(classes).numbered()


def _average(stack: SequentialBuilder, layer: Mapping[str, Any]) -> None:
    channels = stack.shape[0]
    stack.add("mean", nn.AdaptiveAvgPool2d(1), (channels, 1, 1)).vector(FLATTEN)


_ADD: dict[str, Callable[[SequentialBuilder, Mapping[str, Any]], object]] = {
    "conv": lambda stack, layer: stack.conv(layer["channels"], layer["kernel"], layer["stride"], layer["padding"]),
    "batch-norm": lambda stack, layer: stack.norm(BATCH),
    "activation": lambda stack, layer: stack.act(layer["function"]),
    "max-pool": lambda stack, layer: stack.pool("max", layer["kernel"], layer["stride"]),
    "avg-pool": lambda stack, layer: stack.pool("average", layer["kernel"], layer["stride"]),
    "dropout": lambda stack, layer: stack.drop(layer["p"]),
    "global-average-pool": _average,
    "flatten": lambda stack, layer: stack.vector(FLATTEN),
    "linear": lambda stack, layer: stack.linear(layer["units"]),
}
