"""How a layer is written down as the call that makes another one like it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.input_adapter import InputAdapter
from cnnlab.models.modules.normalize import Normalize
from cnnlab.models.modules.residual import BasicBlock, Bottleneck

NAMELESS = 2  # of torch's layers so many arguments are written without their names: channels, features
TORCH = "torch.nn."

# The arguments that cnnlab's own layers were made with, where they do not keep them under their names.
_OWN: dict[type[nn.Module], Callable[[Any], tuple[str, ...]]] = {
    InputAdapter: lambda layer: (repr(layer.in_shape), repr(layer.size)),
    BasicBlock: lambda block: _widths(block, block.conv1.stride),
    Bottleneck: lambda block: _widths(block, block.conv2.stride),
}


def _widths(block: BasicBlock | Bottleneck, stride: tuple[int, ...]) -> tuple[str, ...]:
    strided = (f"stride={stride[0]}",) if stride[0] != 1 else ()
    return (str(block.conv1.in_channels), str(block.conv1.out_channels), *strided)


def spelled(layer: nn.Module) -> str:
    """The call that makes a layer like this one: "nn.Conv2d(1, 16, kernel_size=5, padding=2)".

    Raises CnnlabError for a kind of layer whose arguments it does not keep.
    """
    kind = type(layer)
    own = not kind.__module__.startswith(TORCH)
    if kind in _OWN:
        arguments = _OWN[kind](layer)
    elif isinstance(layer, Normalize):
        arguments = ("mean, std",) if layer.changes else tuple(_list(layer, value) for value in (0.0, 1.0))
    elif own and not isinstance(layer, SeededDropout) and next(layer.parameters(), None) is not None:
        raise CnnlabError(f"The layer {kind.__name__} cannot be written as code: it keeps none of its arguments.")
    else:
        arguments = tuple(_kept(layer))
    return f"{'' if own else 'nn.'}{kind.__name__}({', '.join(arguments)})"


def _list(layer: Normalize, value: float) -> str:
    return f"[{', '.join([str(value)] * len(layer.mean))}]"


def _kept(layer: nn.Module) -> list[str]:
    """The arguments that differ from their defaults, from the attributes of the same names."""
    written = []
    parameters = list(inspect.signature(type(layer).__init__).parameters.values())[1:]
    for number, parameter in enumerate(parameters):
        if not hasattr(layer, parameter.name):
            continue  # device and dtype
        value = _plain(parameter.name, getattr(layer, parameter.name))
        required = parameter.default is inspect.Parameter.empty
        if parameter.name == "stride" and parameter.default is None:
            same = value == _plain("", getattr(layer, "kernel_size", None))  # what a pooling takes without one
        else:
            same = not required and value == parameter.default
        if same:
            continue
        nameless = required and number < NAMELESS
        written.append(repr(value) if nameless else f"{parameter.name}={value!r}")
    return written


def _plain(name: str, value: Any) -> Any:
    """An attribute as the argument that it came from: (5, 5) as 5, a bias as whether there is one."""
    if name == "bias":
        return value is not None
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
