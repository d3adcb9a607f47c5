"""The custom network, whose options list its layers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.build import layer_specs
from cnnlab.models.build.common_options import BATCH, FLATTEN
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
from cnnlab.models.options import Checked, hashable
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
    Checked("layers", hashable(layer_specs.checked(EXAMPLE)), "its layers", "a list of layers", layer_specs.checked),
)
def custom(
    images: ImageSpec,
    *,
    layers: Sequence[Mapping[str, Any]],
) -> nn.Module:
    """Normalisation, the listed layers (see cnnlab.models.build.layer_specs), and a linear layer to the classes.

    Raises CnnlabError naming the first layer that does not fit.
    """
    _, problem = layer_specs.fit(layers, images.shape)
    if problem:
        raise CnnlabError(problem)
    builder = SequentialBuilder(images)
    for layer in layers:
        _ADD[layer["kind"]](builder, layer)
    if len(builder.shape) == 3:
        builder.vector(FLATTEN)
    return builder.linear(images.classes).numbered()


def _average(builder: SequentialBuilder, layer: Mapping[str, Any]) -> None:
    channels = builder.shape[0]
    builder.add("mean", nn.AdaptiveAvgPool2d(1), (channels, 1, 1)).vector(FLATTEN)


_ADD: dict[str, Callable[[SequentialBuilder, Mapping[str, Any]], object]] = {
    "conv": lambda builder, layer: builder.conv(layer["channels"], layer["kernel"], layer["stride"], layer["padding"]),
    "batch-norm": lambda builder, layer: builder.norm(BATCH),
    "activation": lambda builder, layer: builder.act(layer["function"]),
    "max-pool": lambda builder, layer: builder.pool("max", layer["kernel"], layer["stride"]),
    "avg-pool": lambda builder, layer: builder.pool("average", layer["kernel"], layer["stride"]),
    "dropout": lambda builder, layer: builder.drop(layer["p"]),
    "global-average-pool": _average,
    "flatten": lambda builder, layer: builder.vector(FLATTEN),
    "linear": lambda builder, layer: builder.linear(layer["units"]),
}
