"""How much memory runs will take, estimated before any of them begins."""

from __future__ import annotations

from collections.abc import Sequence

import psutil
import torch
from torch import Tensor, nn

from cnnlab import models
from cnnlab.models import ImageSpec, parameter_count
from cnnlab.training.config import TrainConfig

BYTES = 4  # of a float32
OPTIMIZER_COPIES = {"adam": 2, "adamw": 2, "sgd": 1, "rmsprop": 2}  # of the weights, that an optimiser may keep


def needed(configs: Sequence[TrainConfig], images: ImageSpec) -> int:
    """Bytes that training all of them in turn takes: what each keeps, and the largest step, as one is taken at a time.

    Kept are weights, gradients, the optimiser's and an average's copies and the one that is published; a step holds
    every layer's output and its gradient for a batch. The images, which all share, are not counted.
    """
    return sum(_kept(each, images) for each in configs) + max(_step(each, images) for each in configs)


def available(device: torch.device) -> int:
    """Bytes that are free on `device` now."""
    if device.type == "cuda":
        return torch.cuda.mem_get_info(device)[0]
    return psutil.virtual_memory().available


def _kept(config: TrainConfig, images: ImageSpec) -> int:
    outline = models.outline(config.network, images, options=config.options)
    copies = 3 + OPTIMIZER_COPIES[config.optimizer] + bool(config.ema)
    return parameter_count(outline) * BYTES * copies


def _step(config: TrainConfig, images: ImageSpec) -> int:
    outline = models.outline(config.network, images, options=config.options).eval()
    values = 0

    def count(_: nn.Module, _inputs: tuple, output: Tensor) -> None:
        nonlocal values
        values += output.numel()

    for layer in outline.modules():
        if not any(True for _ in layer.children()):
            layer.register_forward_hook(count)
    with torch.no_grad():
        outline(torch.empty(1, *images.shape, device="meta"))
    return 2 * values * config.batch_size * BYTES
