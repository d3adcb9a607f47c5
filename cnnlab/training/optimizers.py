"""Optimisers by name."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

OPTIMIZERS = {
    "adam": lambda p, lr, momentum, decay: torch.optim.Adam(p, lr, weight_decay=decay),
    "sgd": lambda p, lr, momentum, decay: torch.optim.SGD(p, lr, momentum=momentum, weight_decay=decay),
    "adamw": lambda p, lr, momentum, decay: torch.optim.AdamW(p, lr, weight_decay=decay),
    "rmsprop": lambda p, lr, momentum, decay: torch.optim.RMSprop(p, lr, momentum=momentum, weight_decay=decay),
}


def make_optimizer(
    name: str, parameters: Iterable[nn.Parameter], learning_rate: float, momentum: float, weight_decay: float
) -> torch.optim.Optimizer:
    """The optimiser `name` of OPTIMIZERS; adam and adamw have no momentum setting and ignore it."""
    return OPTIMIZERS[name](list(parameters), learning_rate, momentum, weight_decay)
