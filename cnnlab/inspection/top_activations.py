"""The patches that excite a kernel most."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import as_input
from cnnlab.inspection.receptive_fields import sight
from cnnlab.inspection.windows import Window
from cnnlab.models.hooks import hookable_copy
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


class _Reached(Exception):  # noqa: N818  (it is no error: the pass has what it needs)
    """Ends a pass after the layer of interest."""


def top_activations(model: nn.Module, layer: str, images: Tensor, count: int = 9) -> TopActivations:
    """The `count` images of uint8 [N, C, H, W] whose largest value of the convolution `layer`, before any ReLU, is
    largest, for every output channel at once. Of equal ones the first counts.
    """
    twin = hookable_copy(model)
    given: list[Tensor] = []

    def stop(_module: nn.Module, _inputs: tuple, output: Tensor) -> None:
        given.append(output)
        raise _Reached

    twin.get_submodule(layer).register_forward_hook(stop)
    largest, places = [], []
    with torch.inference_mode(), one_thread():
        for part in images.split(BATCH):
            with suppress(_Reached):
                twin(as_input(part))
            maps = given.pop()
            values, at = maps.flatten(2).max(2)
            largest.append(values)
            places.append(at)
    values, order = torch.cat(largest).T.sort(descending=True, stable=True)
    order = order[:, :count]
    rows, cols = np.divmod(torch.cat(places).T.gather(1, order).numpy(), maps.shape[3])
    seen = sight(model, tuple(images.shape[1:])).seen[layer]
    fields = tuple(
        tuple(seen.window(row, col) for row, col in zip(*pair, strict=True))
        for pair in zip(rows.tolist(), cols.tolist(), strict=True)
    )
    return TopActivations(order.numpy(), rows, cols, values[:, :count].numpy(), fields)
