"""The walk through a network: every layer's shape and parameters, by torchinfo."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from torch import nn
from torchinfo import summary

from cnnlab.common.text import dimensions
from cnnlab.models.hooks import hookable_copy
from cnnlab.models.modules.input_adapter import InputAdapter

_WORDS = {
    "Normalize": "normalise",
    "InputAdapter": "input adapter",
    "Add": "addition",
    "Conv2d": "convolution",
    "BatchNorm2d": "batch norm",
    "BatchNorm1d": "batch norm",
    "MaxPool2d": "max pooling",
    "AvgPool2d": "average pooling",
    "AdaptiveAvgPool2d": "average pooling",
    "Linear": "linear",
    "Flatten": "flatten",
    "SeededDropout": "dropout",
    "SeededMapDropout": "dropout of maps",
}


@dataclass(frozen=True)
class Layer:
    """One layer of the walk. shape: of what it gives for one image; multiplications: multiply-adds for one image."""

    name: str
    kind: str
    detail: str
    shape: tuple[int, ...]
    parameters: int
    multiplications: int


def summarize(model: nn.Module, image_shape: tuple[int, int, int]) -> list[Layer]:
    """Every layer that `model` runs on one image [C, H, W], in order; it may be an outline on the meta device.

    A layer that is used more than once appears as "name", "name (2)", …; its parameters count once.
    """
    twin = hookable_copy(model, values=False)  # nothing is calculated, so the largest network costs milliseconds
    report = summary(twin, input_size=(1, *image_shape), device="meta", verbose=0, mode="eval")
    names = {id(module): name for name, module in twin.named_modules()}
    uses: Counter[str] = Counter()
    layers: list[Layer] = []
    for info in report.summary_list:
        if not info.is_leaf_layer or isinstance(info.module, nn.Identity):
            continue
        name = names.get(id(info.module), info.var_name)
        uses[name] += 1
        layers.append(
            Layer(
                name=name if uses[name] == 1 else f"{name} ({uses[name]})",
                kind=_WORDS.get(info.class_name, info.class_name),
                detail=detail(info.module),
                shape=tuple(info.output_size[1:]),
                parameters=info.num_params if uses[name] == 1 else 0,
                multiplications=info.macs,
            )
        )
    return layers


@dataclass(frozen=True)
class Stop:
    """A shape on the way, and the layers that led to it from the shape before; the first stop is the input."""

    shape: tuple[int, ...]
    layers: tuple[Layer, ...]

    @property
    def parameters(self) -> int:
        """Of all its layers."""
        return sum(layer.parameters for layer in self.layers)


def stops(layers: Sequence[Layer], image_shape: tuple[int, int, int]) -> list[Stop]:
    """The row of shapes: layers that change neither size nor count join the one before, a convolution never does."""
    row = [Stop(image_shape, ())]
    for layer in layers:
        last = row[-1]
        if layer.shape == last.shape and layer.kind not in ("convolution", "linear"):
            row[-1] = Stop(last.shape, (*last.layers, layer))
        else:
            row.append(Stop(layer.shape, (layer,)))
    return row


def labels(stop: Stop, most: int = 4, longest: int = 18) -> list[str]:
    """The names of a stop's layers in at most `most` short lines; a block's name stands once, above those in it."""
    names = [layer.name for layer in stop.layers]
    block = names[0].rpartition(".")[0] if names else ""
    while block and not all(name.startswith(f"{block}.") for name in names):
        block = block.rpartition(".")[0]
    lines = [block] if block else []
    for layer in stop.layers:
        name = layer.name.removeprefix(f"{block}.")
        whole = f"{name} {layer.detail}".replace(", stride ", " /").strip()
        lines.append(whole if len(whole) <= longest else name)
    return lines if len(lines) <= most else [*lines[: most - 1], f"+ {len(lines) - most + 1} layers"]


def detail(module: nn.Module) -> str:
    """What sets this layer apart from others of its kind, in a few words; empty where nothing does."""
    if isinstance(module, nn.Conv2d):
        words = dimensions(module.kernel_size)
        if set(module.stride) != {1}:
            words += f", stride {module.stride[0]}"
        return words
    if isinstance(module, InputAdapter):
        return module.words
    if isinstance(module, (nn.MaxPool2d, nn.AvgPool2d)):
        size = module.kernel_size
        return f"{size}×{size}" if isinstance(size, int) else dimensions(size)
    rate = getattr(module, "p", None)
    return f"{rate:g}" if isinstance(rate, float) else ""
