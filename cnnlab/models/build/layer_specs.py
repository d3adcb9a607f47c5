"""Networks as lists of layers: which layers there are, and whether each fits the one before.

A layer is a JSON object, {"kind": "conv", "channels": 16, "kernel": 5, "stride": 1, "padding": 2}; what is missing is
default. The last linear layer, to the classes, is not listed: it follows from the data.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError
from cnnlab.models.build.common_options import ACTIVATIONS
from cnnlab.models.options import Number, Option, Whole, Word

Shape = tuple[int, ...]  # (channels, height, width) of maps, (count,) of a row of numbers
FUNCTIONS = tuple(ACTIVATIONS)
MOST_LAYERS, MOST_WEIGHTS = 40, 50_000_000


@dataclass(frozen=True)
class Kind:
    """One kind of layer. takes: "maps", "numbers" or "either"; fields: what may be chosen about it."""

    name: str
    title: str
    takes: str
    fields: tuple[Option, ...] = ()


@dataclass(frozen=True)
class _Function(Word):
    """An activation; "leaky relu", as lists of layers were written before, is "leaky-relu"."""

    def parse(self, value: Any) -> str:
        """See Option."""
        return super().parse("leaky-relu" if value == "leaky relu" else value)


def _pool(name: str, title: str) -> Kind:
    return Kind(name, title, "maps", (Whole("kernel", 2, "", low=1, high=32), Whole("stride", 2, "", low=1, high=32)))


KINDS = {
    kind.name: kind
    for kind in (
        Kind(
            "conv",
            "convolution",
            "maps",
            (
                Whole("channels", 16, "", low=1, high=1024),
                Whole("kernel", 3, "", low=1, high=31),
                Whole("stride", 1, "", low=1, high=16),
                Whole("padding", 1, "", low=0, high=15),
            ),
        ),
        Kind("batch-norm", "batch norm", "either"),
        Kind("activation", "activation", "either", (_Function("function", "relu", "", FUNCTIONS),)),
        _pool("max-pool", "max pooling"),
        _pool("avg-pool", "average pooling"),
        Kind("dropout", "dropout", "either", (Number("p", 0.25, "", low=0, high=0.95),)),
        Kind("global-average-pool", "global average pooling", "maps"),
        Kind("flatten", "flatten", "maps"),
        Kind("linear", "linear", "numbers", (Whole("units", 128, "", low=1, high=8192),)),
    )
}


def checked(layers: Any) -> list[dict[str, Any]]:
    """`layers` with every field, each of its proper type. Raises CnnlabError naming the layer, ValueError for no list.

    Whether they fit each other depends on the image: see `fit`.
    """
    if not isinstance(layers, (list, tuple)) or not all(isinstance(layer, Mapping) for layer in layers):
        raise ValueError
    if len(layers) > MOST_LAYERS:
        raise CnnlabError(f"The network has {len(layers)} layers: it may have at most {MOST_LAYERS}.")
    return [_checked(layer, number) for number, layer in enumerate(layers, 1)]


def _checked(layer: Mapping[str, Any], number: int) -> dict[str, Any]:
    named: Any = layer.get("kind")
    kind = KINDS.get(named)
    if kind is None:
        raise CnnlabError(f"Layer {number} is of kind {named!r}: choose one of {', '.join(KINDS)}.")
    declared = {field.name: field for field in kind.fields}
    complete = {"kind": kind.name} | {field.name: field.default for field in kind.fields}
    for name, value in layer.items():
        if name == "kind":
            continue
        if name not in declared:
            allowed = f"it has {', '.join(declared)}" if declared else "nothing can be chosen about it"
            raise CnnlabError(f"Layer {number} ({kind.title}) has no {name!r}: {allowed}.")
        try:
            complete[name] = declared[name].parse(value)
        except (TypeError, ValueError, OverflowError):
            raise CnnlabError(
                f"Layer {number} ({kind.title}): {name} is {value!r}, it must be {declared[name].allowed}."
            ) from None
    return complete


def words(layer: Mapping[str, Any]) -> str:
    """A layer in a few words, "convolution 5×5"."""
    title = KINDS[layer["kind"]].title
    if "kernel" in layer:
        return f"{title} {layer['kernel']}×{layer['kernel']}"
    if layer["kind"] == "activation":
        return layer["function"]
    choice = layer.get("units", layer.get("p"))
    return title if choice is None else f"{title} {choice:g}"


def fit(layers: Sequence[Mapping[str, Any]], in_shape: Shape) -> tuple[list[Shape], str | None]:
    """(the shape after each layer up to the first that does not fit, a sentence about that one or None).

    layers: as `checked` returns them; in_shape: (channels, height, width).
    """
    shapes: list[Shape] = []
    shape, weights = tuple(in_shape), 0
    for number, layer in enumerate(layers, 1):
        before = f"layer {number - 1} ({words(layers[number - 2])})" if number > 1 else "the image"
        problem = _problem(layer, f"Layer {number} ({words(layer)})", shape, before)
        weights += 0 if problem else _weights(layer, shape)
        if weights > MOST_WEIGHTS:
            problem = (
                f"With layer {number} ({words(layer)}) the network has {weights / 1e6:,.0f} million weights: make it "
                f"smaller or pool more before it, so that there are at most {MOST_WEIGHTS / 1e6:.0f} million."
            )
        if problem:
            return shapes, problem
        shape = _after(layer, shape)
        shapes.append(shape)
    return shapes, None


def _problem(layer: Mapping[str, Any], this: str, shape: Shape, before: str) -> str | None:
    takes, is_map = KINDS[layer["kind"]].takes, len(shape) == 3
    if takes == "maps" and not is_map:
        return f"{this} needs maps, but {before} gives a row of {shape[0]:,} numbers: move it up or remove it."
    if takes == "numbers" and is_map:
        given = dimensions(shape)
        return (
            f"{this} needs a row of numbers, but {before} gives {given}: put flatten or global average pooling first."
        )
    if "kernel" not in layer:
        return None
    padding = layer.get("padding", 0)
    side, kernel = min(shape[1:]) + 2 * padding, layer["kernel"]
    if kernel > side:
        padded = f" ({side} with padding)" if padding else ""
        return (
            f"{this} does not fit: {before} gives maps of only {shape[1]}×{shape[2]} pixels{padded}: choose a kernel "
            f"smaller than {kernel} or pool less before it."
        )
    return None


def _after(layer: Mapping[str, Any], shape: Shape) -> Shape:
    """The shape that a fitting layer makes of `shape`."""
    kind = layer["kind"]
    if "kernel" in layer:
        sides = [(side + 2 * layer.get("padding", 0) - layer["kernel"]) // layer["stride"] + 1 for side in shape[1:]]
        return (layer.get("channels", shape[0]), *sides)
    if kind == "global-average-pool":
        return shape[:1]
    if kind == "flatten":
        return (math.prod(shape),)
    return (layer["units"],) if kind == "linear" else shape


def _weights(layer: Mapping[str, Any], shape: Shape) -> int:
    if layer["kind"] == "conv":
        return layer["channels"] * shape[0] * layer["kernel"] ** 2
    return layer["units"] * shape[0] if layer["kind"] == "linear" else 0
