"""Which pixels mattered for an answer, by captum."""

from __future__ import annotations

import numpy as np
import torch
from captum.attr import LayerAttribution, LayerGradCam, Occlusion, Saliency
from torch import Tensor, nn

from cnnlab.common.threads import one_thread
from cnnlab.data.dataset import as_input
from cnnlab.inspection.activations import trace
from cnnlab.inspection.windows import pixelwise
from cnnlab.models.hooks import hookable_copy

METHODS = {
    "Saliency": "how strongly the answer reacts when a pixel changes a little",
    "Occlusion": "how much the answer loses when a 4×4 patch is blacked out",
    "Grad-CAM": "which places speak for the answer, in the last convolution's maps that have more than one",
}
PATCH, STRIDE = 4, 2  # of the occluding square: about as wide as a stroke


def attribute(model: nn.Module, image: Tensor, target: int, method: str) -> np.ndarray:
    """Importance of each pixel of the uint8 image [C, H, W] for class `target`, float32 [H, W] in units of the logit.

    Saliency and Grad-CAM are never negative; in Occlusion a negative value is a pixel that spoke against the class.
    """
    twin = hookable_copy(model)
    x = as_input(image[None])
    with torch.enable_grad(), one_thread():
        if method == "Saliency":
            values = Saliency(twin).attribute(x.requires_grad_(), target).amax(1)
        elif method == "Occlusion":
            channels = x.shape[1]
            values = Occlusion(twin).attribute(
                x,
                sliding_window_shapes=(channels, PATCH, PATCH),
                strides=(channels, STRIDE, STRIDE),
                target=target,
                perturbations_per_eval=64,
            )[:, 0]
        elif method == "Grad-CAM":
            cam = LayerGradCam(twin, twin.get_submodule(_last_maps(model, image))).attribute(
                x.requires_grad_(), target, relu_attributions=True
            )
            values = LayerAttribution.interpolate(cam, tuple(x.shape[2:]), "bilinear")[:, 0]
        else:
            raise ValueError(f"method is {method!r}: choose one of {', '.join(METHODS)}.")
    return values[0].detach().numpy()


def _last_maps(model: nn.Module, image: Tensor) -> str:
    """The layer whose maps Grad-CAM weighs: the last convolution with its batch norm and ReLU.

    Before the ReLU most of a map is negative, and the weighted sum of negative maps says nothing about where. Maps of
    1×1, which a network for larger images ends in, say nothing about it either: the last larger ones are taken.
    """
    stages = trace(model, image[None])
    places = {name: stage.given[0, 0].numel() for name, stage in stages.items() if isinstance(stage.module, nn.Conv2d)}
    name = [name for name, count in places.items() if count > 1 or max(places.values()) == 1][-1]
    followers = {stage.source: name for name, stage in stages.items() if pixelwise(stage)}
    while name in followers:
        name = followers[name]
    return name
