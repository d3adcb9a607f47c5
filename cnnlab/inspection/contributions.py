"""Why a network says what it says: each logit as a sum over the last maps, plus what the biases behind them add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import as_input
from cnnlab.inspection.activations import IMAGE, Stage, trace
from cnnlab.inspection.block_outputs import blocks
from cnnlab.models.hooks import hookable_copy


@dataclass(frozen=True)
class Contributions:
    """Each logit of one image as a sum: logits[k] = parts[k].sum() + rest[k].

    layer: whose maps, float32 [C, H, W], are summed over, or IMAGE; parts: float32 [K, C, H, W]; rest, logits:
    float32 [K].
    """

    layer: str
    maps: np.ndarray
    parts: np.ndarray
    rest: np.ndarray
    logits: np.ndarray

    @property
    def by_map(self) -> np.ndarray:
        """What each map adds to each logit, float32 [K, C]."""
        return self.parts.sum((2, 3))

    @property
    def by_place(self) -> np.ndarray:
        """What each place of the maps adds to each logit, float32 [K, H, W]."""
        return self.parts.sum(1)

    def on_image(self, height: int, width: int) -> np.ndarray:
        """by_place spread smoothly over the image's pixels, float32 [K, height, width]; only the places count."""
        places = torch.from_numpy(self.by_place)[:, None]
        return F.interpolate(places, (height, width), mode="bilinear", align_corners=False)[:, 0].numpy()


def contributions(model: nn.Module, image: Tensor, stages: Mapping[str, Stage] | None = None) -> Contributions:
    """Take apart the logits of one uint8 image [C, H, W].

    The maps are the last convolution's that have more than one place, after its activation; the image itself, in
    0..1, where there are none. stages: this image's, where they are known.

    A value's part is value × derivative of the logit: exact where everything after the last maps is linear for this
    image (linear layers, pooling, ReLU, batch normalisation), so that `rest` is the biases' sum and does not depend on
    the maps. Behind one linear layer it is that layer's bias. (Gradient × input; not captum's, which would pass all
    layers once for every logit: this is asked for while a pen moves.)
    """
    stages = stages or trace(model, image[None])
    places = [stage for stage in blocks(stages) if stage.given[0, 0].numel() > 1]
    logits = list(stages.values())[-1].given[0]
    layer = places[-1].name if places else IMAGE
    maps = places[-1].given[0] if places else as_input(image)
    with torch.enable_grad(), one_thread():
        parts = _gradients(model, image, layer, maps, len(logits)) * maps
    rest = logits - parts.sum((1, 2, 3))
    return Contributions(layer, maps.numpy(), parts.numpy(), rest.numpy(), logits.numpy())


def _gradients(model: nn.Module, image: Tensor, layer: str, maps: Tensor, classes: int) -> Tensor:
    """The derivative of each logit by what `layer` gives, [K, C, H, W], in one pass: a copy for each."""
    copies = maps.expand(classes, *maps.shape).clone().requires_grad_()
    twin = hookable_copy(model)
    if layer == IMAGE:
        logits = twin(copies)
    else:
        twin.get_submodule(layer.partition(" (")[0]).register_forward_hook(lambda *_: copies)
        logits = twin(as_input(image[None]))
    return torch.autograd.grad(logits.diagonal().sum(), copies)[0]
