"""The parts between convolutions that options choose, and the options themselves, worded alike for every network."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from cnnlab.models.options import Number, Whole, Wholes, Word

ACTIVATIONS: dict[str, Callable[[], nn.Module]] = {
    "relu": nn.ReLU,
    "leaky-relu": lambda: nn.LeakyReLU(0.1),
    "elu": nn.ELU,
    "gelu": nn.GELU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
}
POOLINGS: dict[str, Callable[..., nn.Module]] = {"max": nn.MaxPool2d, "average": nn.AvgPool2d}
NONE, BATCH = "none", "batch"
FLATTEN, AVERAGE = "flatten", "average"


@dataclass(frozen=True)
class Style:
    """What stands around the layers with weights, by name: the values of the four options below."""

    activation: str
    pooling: str
    normalisation: str = NONE
    head: str = FLATTEN


def channels(*default: int, name: str = "channels", most: int = 4) -> Wholes:
    """The option for the channels of each convolution, and so for their number."""
    return Wholes(name, default, "output channels of each convolution", low=1, high=512, fewest=1, most=most)


def hidden(default: int) -> Whole:
    """The option for the linear layer between the maps and the classes."""
    return Whole("hidden", default, "outputs of the first linear layer", low=1, high=4096)


def activation(default: str = "relu") -> Word:
    """The option for the function after each layer with weights, or none."""
    return Word("activation", default, "function after each layer", (*ACTIVATIONS, NONE))


def pooling(default: str = "max") -> Word:
    """The option for how maps are made smaller."""
    return Word("pooling", default, "how maps get smaller", tuple(POOLINGS))


def normalisation(default: str) -> Word:
    """The option for what stands between a convolution and its activation."""
    return Word("normalisation", default, "between a convolution and its activation", (NONE, BATCH))


def head() -> Word:
    """The option for how maps become a vector."""
    return Word("head", FLATTEN, "maps become a vector: all their pixels, or the average of each", (FLATTEN, AVERAGE))


def dropout(default: float) -> Number:
    """The option for the fraction dropped while training."""
    return Number("dropout", default, "share dropped while training", low=0, high=0.95)
