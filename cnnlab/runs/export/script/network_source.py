"""A network as a class of its own, each layer spelled out, written from the live module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from cnnlab import models
from cnnlab.common.text import dimensions
from cnnlab.errors import CnnlabError
from cnnlab.models.modules.dropout import SeededDropout
from cnnlab.models.modules.normalize import Normalize
from cnnlab.runs.export.script.bundle import WIDEST, Bundle
from cnnlab.runs.export.script.spelling import TORCH, spelled

WORDS = {
    "cnn": "CNN",
    "vgg": "VGG",
    "bn": "BN",
    "gap": "GAP",
    "resnet": "ResNet",
    "lenet": "LeNet",
    "alexnet": "AlexNet",
}
MEAN = 0.5  # any that changes the images: a network then says whether it normalises


@dataclass(frozen=True)
class NetworkSource:
    """A network's class as source. arguments: of its constructor, "mean, std" or nothing; start: the function that sets
    its first weights, where torch's layers do not set them themselves; seeded: whether it drops values at random.
    """  # noqa: D205

    name: str
    text: str
    imports: frozenset[str]
    arguments: str
    start: str
    seeded: bool


def network_source(
    network: str, options: Mapping[str, Any], shape: tuple[int, int, int], classes: int
) -> NetworkSource:
    """The network `network` for images (C, H, W) = `shape`. Raises CnnlabError where it cannot be written."""
    found = models.spec(network)
    images = models.ImageSpec(shape, classes, (MEAN,) * shape[0], (MEAN,) * shape[0])
    with torch.device("meta"):  # no memory: its shapes and arguments are wanted, not its values
        model = found.make(images, **found.complete(options)).eval()
    if not isinstance(model, nn.Sequential):
        raise CnnlabError(f"The network {network} cannot be written as code: its layers do not follow one another.")
    layers = dict(model.named_children())
    bundle = Bundle(methods=("seed",))
    for layer in layers.values():
        if not type(layer).__module__.startswith(TORCH):
            bundle.add(type(layer))
    start = bundle.add(found.start) if found.start else ""
    normalises = any(isinstance(layer, Normalize) and layer.changes for layer in layers.values())
    arguments = "mean, std" if normalises else ""
    name = class_name(network)
    written = "\n".join(_class(name, found.title, model, shape, arguments))
    return NetworkSource(
        name,
        "\n\n\n".join(filter(None, (bundle.text, written))),
        frozenset(bundle.imports | {"import torch", "from torch import nn"}),
        arguments,
        start,
        any(isinstance(layer, SeededDropout) for layer in model.modules()),
    )


def class_name(network: str) -> str:
    """SimpleCNN for simple-cnn."""
    return "".join(WORDS.get(part, part.capitalize()) for part in network.split("-"))


def _class(name: str, title: str, model: nn.Sequential, shape: tuple[int, ...], arguments: str) -> Iterator[str]:
    count = models.parameter_count(model)
    sizes = _sizes(model, shape)
    yield f"class {name}(nn.Module):"
    yield f'    """{title}. {count:,} parameters."""'
    yield ""
    yield f"    def __init__(self{', ' * bool(arguments)}{arguments}):"
    yield "        super().__init__()"
    before: tuple[int, ...] = tuple(shape)
    for child, layer in model.named_children():
        line = f"        self.{child} = {spelled(layer)}"
        size = sizes[child]
        remark = f"  # to {dimensions(size)}" if size != before else ""
        yield line + remark
        before = size
    yield ""
    yield "    def forward(self, x):"
    yield f'        """Images [N, {", ".join(map(str, shape))}], 0 to 1, to one logit a class, [N, {before[0]}]."""'
    for group in _groups(model):
        yield f"        x = {group}"
    yield "        return x"


def _groups(model: nn.Sequential) -> Iterator[str]:
    """Calls of the layers, one in the other, a new line from each layer with a matrix of weights on."""
    call = "x"
    for name, layer in model.named_children():
        longer = f"self.{name}({call})"
        heavy = any(parameter.ndim > 1 for parameter in layer.parameters())
        if call != "x" and (heavy or isinstance(layer, nn.Flatten) or len(longer) > WIDEST - 20):
            yield call
            longer = f"self.{name}(x)"
        call = longer
    yield call


def _sizes(model: nn.Sequential, shape: tuple[int, ...]) -> dict[str, tuple[int, ...]]:
    """The shape that each layer gives, without the batch."""
    x: Tensor = torch.empty(1, *shape, device="meta")
    sizes = {}
    for name, layer in model.named_children():
        x = layer(x)
        sizes[name] = tuple(x.shape[1:])
    return sizes
