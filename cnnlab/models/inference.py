"""Running a network over many images."""

from __future__ import annotations

from math import prod
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.data.dataset import Dataset, as_input
from cnnlab.data.image_file import ImageFile
from cnnlab.models.modules.input_adapter import InputAdapter

BATCH = 100  # small maps stay in the caches and in memory that is already allocated: 500 took 1.5 times as long or more
LARGE = 2_000  # on an accelerator, which only many images keep busy
ENLARGED = 3_000_000  # pixels of one batch where a network enlarges its images: VGG takes 80 times their memory


class Score(NamedTuple):
    """How well a network does on some images: mean cross-entropy and accuracy, 0 to 1."""

    loss: float
    accuracy: float


def logits_of(model: nn.Module, images: Tensor | ImageFile, batch: int | None = None) -> Tensor:
    """Logits [N, classes] of uint8 images [N, C, H, W], in evaluation mode; the model's mode is put back after.

    At most `batch` images at a time (by default what suits their device), fewer where the network enlarges them much.
    Images in a file are read as they come up, and go to the model's device.
    """
    device = next(model.parameters()).device if isinstance(images, ImageFile) else images.device
    batch = batch or (BATCH if device.type == "cpu" else LARGE)
    for module in model.modules():
        if isinstance(module, InputAdapter):
            batch = max(1, min(batch, ENLARGED // prod(module.out_shape)))
    was_training = model.training
    model.eval()
    try:
        with torch.inference_mode():
            return torch.cat([model(as_input(part.to(device))) for part in images.split(batch)])
    finally:
        model.train(was_training)


def probabilities_of(model: nn.Module, image: np.ndarray) -> list[float]:
    """Class probabilities of one grey image, uint8 [H, W]."""
    return logits_of(model, torch.from_numpy(image)[None, None])[0].softmax(0).tolist()


def score(model: nn.Module, data: Dataset) -> Score:
    """Mean cross-entropy and accuracy of `model` on `data`, both on one device, but for images that stay in a file."""
    return scored(logits_of(model, data.stored), data.labels)


def scored(logits: Tensor, labels: Tensor) -> Score:
    """Mean cross-entropy and accuracy of logits [N, classes] for labels int64 [N]."""
    loss, right = F.cross_entropy(logits, labels), (logits.argmax(1) == labels).sum()
    loss, right = torch.stack((loss, right.to(loss))).tolist()  # read from the device at once
    return Score(loss, right / len(labels))
