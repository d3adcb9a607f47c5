"""Images disturbed more and more, and what a network answers then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torchvision.transforms.v2 import InterpolationMode
from torchvision.transforms.v2 import functional as transforms

from cnnlab import models

SEED = 0  # of the noise: every network sees the same


@dataclass(frozen=True)
class Corruption:
    """One kind. levels: ascending, how strong, in `unit`; neutral: the level that changes nothing.

    change(images, level) returns uint8 images [N, C, H, W] like those it is given.
    """

    name: str
    unit: str
    levels: tuple[float, ...]
    neutral: float
    change: Callable[[Tensor, float], Tensor]

    def __call__(self, images: Tensor, level: float) -> Tensor:
        """Images [N, C, H, W] disturbed; themselves at the neutral level."""
        return images if level == self.neutral else self.change(images, level)


@dataclass(frozen=True)
class Answers:
    """What a network answered at each level. predicted: uint8 [L, N]; labels: int64 [N]; neutral: which level is."""

    predicted: np.ndarray
    labels: np.ndarray
    neutral: np.ndarray

    @property
    def accuracy(self) -> np.ndarray:
        """Fraction of right answers at each level, [L], 0..1."""
        return (self.predicted == self.labels).mean(1)

    @property
    def consistency(self) -> np.ndarray:
        """Fraction of answers that are the same as without the disturbance, [L], 0..1."""
        return (self.predicted == self.predicted[int(self.neutral)]).mean(1)

    def of_class(self, label: int) -> np.ndarray:
        """The accuracy among the images of one class, [L]; NaN where there are none."""
        chosen = self.labels == label
        if not chosen.any():
            return np.full(len(self.predicted), np.nan)
        return (self.predicted[:, chosen] == label).mean(1)


def _affine(images: Tensor, angle: float = 0.0, scale: float = 1.0, shear: float = 0.0) -> Tensor:
    return transforms.affine(
        images, angle, [0, 0], scale, [shear, 0.0], interpolation=InterpolationMode.BILINEAR, fill=[0.0]
    )


def _noise(images: Tensor, level: float) -> Tensor:
    # torchvision's gaussian_noise draws from the generator all threads share: training beside it would change
    generator = torch.Generator().manual_seed(SEED)
    noise = torch.empty(images.shape).normal_(0, level, generator=generator)
    noisy = (transforms.to_dtype(images, torch.float32, scale=True) + noise).clamp_(0, 1)
    return transforms.to_dtype(noisy, torch.uint8, scale=True)


def _square(images: Tensor, side: float) -> Tensor:
    height, width = images.shape[-2:]
    size = int(side)
    top, left = (height - size) // 2, (width - size) // 2
    grey = torch.full((images.shape[1], 1, 1), 128, dtype=images.dtype)
    return transforms.erase(images, top, left, size, size, grey)


_ALL = (
    Corruption(
        "rotation",
        "degrees",
        tuple(range(-60, 61, 10)),
        0,
        lambda x, a: transforms.rotate(x, a, InterpolationMode.BILINEAR),
    ),
    Corruption("scale", "times the size", tuple(n / 10 for n in range(5, 16)), 1, lambda x, s: _affine(x, scale=s)),
    Corruption("shear", "degrees", tuple(range(-50, 51, 10)), 0, lambda x, a: _affine(x, shear=a)),
    Corruption("noise", "standard deviation", tuple(n / 10 for n in range(9)), 0, _noise),
    Corruption(
        "blur",
        "pixels, sigma",
        tuple(n / 2 for n in range(9)),
        0,
        lambda x, sigma: transforms.gaussian_blur(x, [2 * int(3 * sigma + 0.5) + 1] * 2, [sigma] * 2),
    ),
    Corruption(
        "contrast",
        "times the contrast",
        (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0, 1.25, 1.5, 2.0),
        1,
        lambda x, factor: transforms.adjust_contrast(x, factor),
    ),
    Corruption("occlusion", "pixels, side of a grey square", tuple(range(0, 19, 2)), 0, _square),
)
CORRUPTIONS = {each.name: each for each in _ALL}


def measure(
    model: nn.Module,
    images: Tensor,
    labels: Tensor,
    disturbance: Corruption,
    on_progress: Callable[[float], None] = lambda fraction: None,
) -> Answers:
    """Show uint8 images [N, C, H, W] to `model` at every level.

    on_progress(fraction done) is called after each and may raise cnnlab.common.background.Stopped, which ends it.
    """
    levels = disturbance.levels
    predicted = np.empty((len(levels), len(images)), np.uint8)
    for number, level in enumerate(levels):
        predicted[number] = models.logits_of(model, disturbance(images, level)).argmax(1).numpy()
        on_progress((number + 1) / len(levels))
    return Answers(predicted, labels.numpy(), np.array(levels.index(disturbance.neutral)))
