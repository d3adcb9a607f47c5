"""The patches that excite a kernel most."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import as_input
from cnnlab.inspection.receptive_fields import sight
from cnnlab.inspection.windows import Window
from cnnlab.models.hooks import end_pass, hookable_copy, run_until_ended
from cnnlab.models.inference import BATCH


@dataclass(frozen=True)
class TopActivations:
    """For each output channel of a convolution the images that excite it most, the strongest first; one patch an image.

    images, rows, cols: int64 [C, k], the image's index and the pixel of the convolution's map; values: float32 [C, k];
    fields: for each of them the part of the image that the pixel sees.
    """

    images: np.ndarray
    rows: np.ndarray
    cols: np.ndarray
    values: np.ndarray
    fields: tuple[tuple[Window, ...], ...]


def top_activations(model: nn.Module, layer: str, images: Tensor, count: int = 9) -> TopActivations:
    """The `count` images of uint8 [N, C, H, W] whose largest value of the convolution `layer`, before any ReLU, is
    largest, for every output channel at once. Of equal ones the first counts.
    """
    twin = hookable_copy(model)
    twin.get_submodule(layer).register_forward_hook(lambda _module, _inputs, output: end_pass(output))
    largest, places = [], []
    with torch.inference_mode(), one_thread():
        for part in images.split(BATCH):
            maps = run_until_ended(twin, as_input(part))
            values, at = maps.flatten(2).max(2)
            largest.append(values)
            places.append(at)
    values, order = torch.cat(largest).T.sort(descending=True, stable=True)
    order = order[:, :count]
    rows, cols = np.divmod(torch.cat(places).T.gather(1, order).numpy(), maps.shape[3])
    _, channels, height, width = images.shape
    seen = sight(model, (channels, height, width)).seen[layer]
    fields = tuple(
        tuple(seen.window(row, col) for row, col in zip(*pair, strict=True))
        for pair in zip(rows.tolist(), cols.tolist(), strict=True)
    )
    return TopActivations(order.numpy(), rows, cols, values[:, :count].numpy(), fields)
