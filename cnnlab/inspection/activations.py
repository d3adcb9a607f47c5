"""One pass through a network, with what every layer took and gave."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import as_input
from cnnlab.models.hooks import hookable_copy
from cnnlab.models.modules.input_adapter import InputAdapter
from cnnlab.models.modules.normalize import Normalize

IMAGE = ""  # the source of a layer that takes the image itself
_UNCHANGING = (Normalize, InputAdapter, nn.Identity, nn.Flatten, nn.Unflatten)


@dataclass(frozen=True)
class Stage:
    """One layer in a pass. taken, given: float32 [N, …]; source: the layer whose output it took, IMAGE, or None where
    something between layers (a concatenation, an addition that is no layer) made it. Of a residual block's addition
    they are those of its branch.
    """

    name: str
    module: nn.Module
    taken: Tensor
    given: Tensor
    source: str | None

    @property
    def is_map(self) -> bool:
        """Whether what it gives is worth showing as feature maps."""
        plain = isinstance(self.module, _UNCHANGING) or "Dropout" in type(self.module).__name__
        return self.given.ndim == 4 and not plain


def trace(model: nn.Module, images: Tensor) -> dict[str, Stage]:
    """The stages of `model` for uint8 images [N, C, H, W], by name, in the order in which data passes them.

    A layer that is used more than once appears as "name", "name (2)", ….
    """
    twin = hookable_copy(model)
    stages: dict[str, Stage] = {}
    made_by: dict[int, str] = {}
    alive: list[Tensor] = []  # keeps every tensor, so that no two have the same id

    def record(name: str) -> Callable[[nn.Module, tuple, object], None]:
        def hook(module: nn.Module, inputs: tuple, output: object) -> None:
            if not (inputs and isinstance(inputs[0], Tensor) and isinstance(output, Tensor)):
                return
            label, number = name, 1
            while label in stages:
                number += 1
                label = f"{name} ({number})"
            source = made_by.get(id(inputs[0]))
            if source and not torch.equal(stages[source].given, inputs[0]):
                source = None  # changed in place since, for example by `x += shortcut`
            alive.extend((inputs[0], output))
            taken = (
                stages[source].given if source else inputs[0].clone()
            )  # large networks: no copy where none is needed
            stages[label] = Stage(label, module, taken, output.clone(), source)
            made_by[id(output)] = label

        return hook

    for name, module in twin.named_modules():
        if not list(module.children()):
            module.register_forward_hook(record(name))
    with torch.inference_mode(), one_thread():
        start = as_input(images)
        alive.append(start)
        made_by[id(start)] = IMAGE
        twin(start)
    return stages


def maps(stages: Mapping[str, Stage]) -> dict[str, Tensor]:
    """The feature maps worth showing, float32 [N, C, H, W], by layer."""
    return {name: stage.given for name, stage in stages.items() if stage.is_map}
