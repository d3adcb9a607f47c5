"""Why a network says what it says: each logit as a sum over the last maps, plus what the biases behind them add."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import InputXGradient, LayerGradientXActivation
from torch import Tensor, nn
from torch.nn import functional as F

from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import as_input
from cnnlab.inspection.activations import IMAGE, trace
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


def contributions(model: nn.Module, image: Tensor) -> Contributions:
    """Take apart the logits of one uint8 image [C, H, W].

    The maps are the last convolution's that have more than one place, after its activation; the image itself, in
    0..1, where there are none.

    A value's part is value × derivative of the logit: exact where everything after the last maps is linear for this
    image (linear layers, pooling, ReLU, batch normalisation), so that `rest` is the biases' sum and does not depend on
    the maps. Behind one linear layer it is that layer's bias. (Gradient × input, as captum has it.)
    """
    stages = trace(model, image[None])
    places = [stage for stage in blocks(stages) if stage.given[0, 0].numel() > 1]
    logits = list(stages.values())[-1].given[0].numpy()
    twin = hookable_copy(model)
    classes = torch.arange(len(logits))
    x = as_input(image[None]).repeat(len(logits), 1, 1, 1)
    with torch.enable_grad(), one_thread():
        if places:
            layer, maps = places[-1].name, places[-1].given[0]
            method = LayerGradientXActivation(twin, twin.get_submodule(layer.partition(" (")[0]))
            parts = method.attribute(x, classes)
        else:
            layer, maps = IMAGE, x[0]
            parts = InputXGradient(twin).attribute(x.requires_grad_(), classes)
    values = parts.detach().numpy()
    return Contributions(layer, maps.detach().numpy(), values, logits - values.sum((1, 2, 3)), logits)
