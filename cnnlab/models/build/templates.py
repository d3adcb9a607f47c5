"""Lists of layers to start a custom network from."""

from __future__ import annotations

from typing import Any

from cnnlab.models.families.custom_net import EXAMPLE

Layers = tuple[dict[str, Any], ...]
RELU, TANH = {"kind": "activation"}, {"kind": "activation", "function": "tanh"}
POOL, AVERAGE, MEANS = {"kind": "max-pool"}, {"kind": "avg-pool"}, {"kind": "global-average-pool"}
NORM, FLATTEN = {"kind": "batch-norm"}, {"kind": "flatten"}


def _conv(channels: int, kernel: int, padding: int) -> dict[str, Any]:
    return {"kind": "conv", "channels": channels, "kernel": kernel, "padding": padding}


def _linear(units: int) -> dict[str, Any]:
    return {"kind": "linear", "units": units}


TEMPLATES: dict[str, Layers] = {
    "Two convolutions": EXAMPLE,
    "SimpleCNN (A0)": (
        *(_conv(16, 5, 2), RELU, POOL, _conv(32, 5, 2), RELU, POOL),
        *(FLATTEN, _linear(128), RELU, {"kind": "dropout", "p": 0.2}),
    ),
    "LeNet-5": (
        *(_conv(6, 5, 0), TANH, AVERAGE, _conv(16, 5, 0), TANH, AVERAGE),
        *(FLATTEN, _linear(120), TANH, _linear(84), TANH),
    ),
    "A small VGG": (
        *(_conv(16, 3, 1), RELU, _conv(16, 3, 1), RELU, POOL),
        *(_conv(32, 3, 1), RELU, _conv(32, 3, 1), RELU, POOL, FLATTEN, _linear(64), RELU),
    ),
    "Global average pooling": (
        *(_conv(16, 3, 1), NORM, RELU, POOL, _conv(32, 3, 1), NORM, RELU, POOL),
        *(_conv(64, 3, 1), NORM, RELU, MEANS),
    ),
    "No layer at all": (),
}
