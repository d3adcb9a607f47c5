"""VGG: nothing but 3×3 convolutions and poolings, built from a list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.modules.input_adapter import InputAdapter, size_option
from cnnlab.models.options import Number, Whole
from cnnlab.models.registry import register

POOL = "pool"
LAYERS: dict[int, tuple[int | str, ...]] = {  # by the number of layers with weights: channels, and where to pool
    11: (64, POOL, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL),
    13: (64, 64, POOL, 128, 128, POOL, 256, 256, POOL, 512, 512, POOL, 512, 512, POOL),
    16: (64, 64, POOL, 128, 128, POOL, *[256] * 3, POOL, *[512] * 3, POOL, *[512] * 3, POOL),
    19: (64, 64, POOL, 128, 128, POOL, *[256] * 4, POOL, *[512] * 4, POOL, *[512] * 4, POOL),
}


def features(
    stack: SequentialBuilder, layers: Sequence[int | str], normalisation: str, activation: str, pooling: str
) -> SequentialBuilder:
    """Add a 3×3 convolution for every number of `layers`, with what follows it, and a pooling for every POOL."""
    for layer in layers:
        if layer == POOL:
            stack.pool(pooling)
        else:
            stack.conv(layer, 3, padding=1).norm(normalisation).act(activation)
    return stack


def _vgg(depth: int) -> Callable[..., nn.Module]:
    def make(
        in_shape: tuple[int, int, int],
        classes: int,
        mean: Sequence[float],
        std: Sequence[float],
        size: int,
        width: float,
        hidden: int,
        dropout: float,
        normalisation: str,
        activation: str,
        pooling: str,
        head: str,
    ) -> nn.Module:
        layers = [layer if layer == POOL else max(1, round(layer * width)) for layer in LAYERS[depth]]
        stack = SequentialBuilder(in_shape, mean, std).adapt(InputAdapter(in_shape, size))
        features(stack, layers, normalisation, activation, pooling)
        if head == common_options.FLATTEN:
            stack.adaptive(7)
        stack.vector(head)
        for _ in range(2):
            stack.linear(hidden).act(activation).drop(dropout)
        return start_weights(stack.linear(classes).network())

    return make


def start_weights(network: nn.Module) -> nn.Module:
    """Weights as torchvision starts VGG: with torch's own ones sixteen layers without normalisation do not learn."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            nn.init.zeros_(module.bias)
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
            nn.init.zeros_(module.bias)
    return network


for _depth in LAYERS:
    register(
        f"vgg-{_depth}",
        f"VGG-{_depth}: {_depth - 3} 3×3 convolutions, three linear layers",
        "A2, Simonyan 2014",
        size_option(224, 32),
        Number("width", 1.0, "factor on the channels of every convolution", 0.01, 2),
        Whole("hidden", 4096, "outputs of the two linear layers before the last", 1, 4096),
        common_options.dropout(0.5),
        common_options.normalisation(common_options.NONE),
        common_options.activation(),
        common_options.pooling(),
        common_options.head(),
        made_for=((3, 224, 224), 1000),
    )(_vgg(_depth))
