"""Faults that stand in a network before its first step: weights of zero, pixels that are not scaled."""

from __future__ import annotations

import torch
from torch import nn

from cnnlab.errors import CnnlabError
from cnnlab.models.modules.normalize import Normalize

WHITE = 255  # the largest stored pixel


@torch.no_grad()
def zero_weights(model: nn.Module) -> None:
    """Make every weight and bias 0."""
    for parameter in model.parameters():
        parameter.zero_()


def raw_pixels(model: nn.Module, network: str) -> None:
    """Let the network's first layer pass pixels on as 0..255, not normalised; that is saved with the weights.

    network: its name. Raises CnnlabError where it has no normalisation to change.
    """
    layer = next((module for module in model.modules() if isinstance(module, Normalize)), None)
    if layer is None:
        raise CnnlabError(
            f"pixels is 'raw-255', but {network} has no layer that normalises them: choose 'unit' or another network."
        )
    layer.mean.zero_()
    layer.std.fill_(1 / WHITE)
