"""How healthy a network is: its values' distributions, and channels that never say anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab import models
from cnnlab.common.threads import one_thread
from cnnlab.inspection.activations import Stage, trace
from cnnlab.models.hooks import hookable_copy
from cnnlab.models.modules.residual import Add

BINS = 60
_RECTIFIERS = (nn.ReLU, nn.ReLU6)


@dataclass(frozen=True)
class Distribution:
    """A layer's values in several states of a network. edges: float32 [BINS + 1]; fractions: by state, [BINS]."""

    layer: str
    edges: np.ndarray
    fractions: dict[str, np.ndarray]


@dataclass(frozen=True)
class Liveliness:
    """How far each channel (after a linear layer: unit) of the rectifier `layer` ever rose; dead ones never did.

    source: the convolution or linear layer that feeds it; is_map: whether its channels are maps; peaks: float32 [C],
    the largest value over all images.
    """

    layer: str
    source: str
    is_map: bool
    peaks: np.ndarray

    @property
    def channels(self) -> tuple[int, ...]:
        """The dead ones."""
        return tuple(np.flatnonzero(self.peaks <= 0).tolist())

    @property
    def fraction(self) -> float:
        """Of dead channels, 0..1."""
        return len(self.channels) / len(self.peaks)


def weight_distributions(networks: Mapping[str, nn.Module]) -> list[Distribution]:
    """Weights (no biases) of every convolution and linear layer, for networks of one architecture by state."""
    names = [name for name, _ in _weighted(next(iter(networks.values())))]
    return [
        _distribution(name, {state: network.get_parameter(f"{name}.weight") for state, network in networks.items()})
        for name in names
    ]


def activation_distributions(networks: Mapping[str, nn.Module], images: Tensor) -> list[Distribution]:
    """What every convolution and linear layer gives, before any ReLU, for uint8 images [N, C, H, W]."""
    stages = {state: trace(network, images) for state, network in networks.items()}
    names = [name for name, stage in next(iter(stages.values())).items() if isinstance(stage.module, _WEIGHTED)]
    return [_distribution(name, {state: passed[name].given for state, passed in stages.items()}) for name in names]


def liveliness(model: nn.Module, images: Tensor) -> list[Liveliness]:
    """Every ReLU's largest values over uint8 images [N, C, H, W], in the order in which data passes them."""
    stages = trace(model, images[:1])
    peaks: dict[str, Tensor] = {}
    twin = hookable_copy(model)
    for name, module in twin.named_modules():
        if isinstance(module, _RECTIFIERS):
            module.register_forward_hook(lambda _module, _inputs, output, name=name: _raise_peak(peaks, name, output))
    with one_thread():
        models.logits_of(twin, images)
    return [Liveliness(name, _feeding(stages, name), stages[name].is_map, peak.numpy()) for name, peak in peaks.items()]


def _raise_peak(peaks: dict[str, Tensor], name: str, output: Tensor) -> None:
    peak = output.flatten(2).amax((0, 2)) if output.ndim > 2 else output.amax(0)
    peaks[name] = torch.maximum(peaks[name], peak) if name in peaks else peak


_WEIGHTED = (nn.Conv2d, nn.Linear)


def _weighted(model: nn.Module) -> list[tuple[str, nn.Module]]:
    return [(name, module) for name, module in model.named_modules() if isinstance(module, _WEIGHTED)]


def _feeding(stages: Mapping[str, Stage], name: str) -> str:
    """The convolution or linear layer whose output alone reaches `name`, channels in place; else `name` itself."""
    stage = stages[name]
    width = stage.given.shape[1]
    while (
        stage.source and (stage := stages[stage.source]).given.shape[1] == width and not isinstance(stage.module, Add)
    ):
        if isinstance(stage.module, _WEIGHTED):
            return stage.name
    return name


def _distribution(layer: str, values: Mapping[str, Tensor]) -> Distribution:
    """Fractions in common bins that reach over all states."""
    low = min(each.min().item() for each in values.values())
    high = max(each.max().item() for each in values.values())
    if low == high:
        low, high = low - 0.5, high + 0.5
    fractions = {
        state: (torch.histc(each.detach().float(), BINS, low, high) / each.numel()).numpy()
        for state, each in values.items()
    }
    return Distribution(layer, np.linspace(low, high, BINS + 1, dtype=np.float32), fractions)
