"""VGG: nothing but 3×3 convolutions and poolings, built from a list."""

from __future__ import annotations

from collections.abc import Callable

from torch import nn

from cnnlab.models.build import common_options
from cnnlab.models.build.common_options import Style
from cnnlab.models.build.sequential import SequentialBuilder
from cnnlab.models.image_spec import ImageSpec
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


def _vgg(depth: int) -> Callable[..., nn.Module]:
    def make(
        images: ImageSpec,
        *,
        size: int,
        width: float,
        hidden: int,
        dropout: float,
        **names: str,
    ) -> nn.Module:
        style = Style(**names)
        layers = [layer if isinstance(layer, str) else max(1, round(layer * width)) for layer in LAYERS[depth]]
        builder = SequentialBuilder(images).adapt(InputAdapter(images.shape, size))
        for layer in layers:
            if isinstance(layer, str):
                builder.pool(style.pooling)
            else:
                builder.conv(layer, 3, padding=1).norm(style.normalisation).act(style.activation)
        if style.head == common_options.FLATTEN:
            builder.adaptive(7)
        builder.vector(style.head)
        for _ in range(2):
            builder.linear(hidden).act(style.activation).drop(dropout)
        return builder.linear(images.classes).network()

    return make


def start_weights(network: nn.Module) -> None:
    """Initialise as torchvision does VGG: with torch's defaults sixteen layers without normalisation do not learn."""
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
        elif isinstance(module, nn.Linear):
            nn.init.normal_(module.weight, 0, 0.01)
        if isinstance(module, (nn.Conv2d, nn.Linear)) and module.bias is not None:
            nn.init.zeros_(module.bias)


for _depth in LAYERS:
    register(
        f"vgg-{_depth}",
        f"VGG-{_depth}: {_depth - 3} 3×3 convolutions, three linear layers",
        "A2, Simonyan 2014",
        size_option(224, 32),
        Number("width", 1.0, "factor on the channels of every convolution", low=0.01, high=2),
        Whole("hidden", 4096, "outputs of the two linear layers before the last", low=1, high=4096),
        common_options.dropout(0.5),
        common_options.normalisation(common_options.NONE),
        common_options.activation(),
        common_options.pooling(),
        common_options.head(),
        made_for=((3, 224, 224), 1000),
        start=start_weights,
    )(_vgg(_depth))
