"""Training images varied at random, a whole batch at a time on its device."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

ERASED = (0.02, 0.33)  # fraction of the image that a rectangle covers, as in Zhong et al. 2017
OBLONG = 3.3  # of its sides, at most; as there
ELASTIC_SPACING = 6  # pixels between the nodes of the elastic warp: about a third of an MNIST digit


@dataclass(frozen=True)
class Augmentation:
    """How far each image is moved; an amount of 0 leaves that kind of change out.

    Every amount is drawn anew for every image, evenly between minus and plus the value (elastic: normally distributed).
    All the movements are one resampling, so nothing is blurred twice. Outside the image everything is 0.
    """

    rotation: float = 0.0  # degrees, about the centre
    shear: float = 0.0  # slant: sideways pixels a row
    scale: float = 0.0  # fraction: 0.1 gives 0.9 to 1.1 times the size
    aspect: float = 0.0  # fraction by which an image gets wider and, at the same time, lower
    shift: float = 0.0  # pixels, each way
    elastic: float = 0.0  # pixels: standard deviation of the warp at its nodes
    thickness: float = 0.0  # pixels by which strokes get thicker or thinner, at most 2
    crop: int = 0  # whole pixels: the image gets a border of so many and is cut out of it anew
    flip: float = 0.0  # fraction of the images mirrored left to right
    erasing: float = 0.0  # fraction of the images of which a rectangle is blackened

    @property
    def active(self) -> bool:
        """Whether it changes anything."""
        return self.moves or any((self.thickness, self.crop, self.flip, self.erasing))

    @property
    def moves(self) -> bool:
        """Whether it moves pixels."""
        return any((self.rotation, self.shear, self.scale, self.aspect, self.shift, self.elastic))

    def __call__(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """New images like `images`, float [N, C, H, W] in [0, 1]; itself when nothing is to be changed.

        All randomness comes from `generator`, which lies on the images' device: one seed, one result.
        """
        if self.thickness:
            images = vary_thickness(images, self._draw(generator, len(images), self.thickness))
        if self.moves:
            images = F.grid_sample(images, self._grid(images, generator), align_corners=False)
        if self.crop:
            x, y = (_whole(self._draw(generator, len(images), 0.5) + 0.5, 2 * self.crop + 1) for _ in range(2))
            images = cropped(images, x, y, self.crop)
        if self.flip:
            images = mirrored(images, self._chosen(generator, len(images), self.flip))
        if self.erasing:
            images = self._erase(images, generator)
        return images

    def _erase(self, images: Tensor, generator: torch.Generator) -> Tensor:
        count, (height, width) = len(images), images.shape[2:]
        chosen = self._chosen(generator, count, self.erasing)
        part, side, x, y = (self._draw(generator, count, 0.5) + 0.5 for _ in range(4))
        area = (ERASED[0] + part * (ERASED[1] - ERASED[0])) * height * width
        ratio = torch.exp((2 * side - 1) * math.log(OBLONG))
        high = (area * ratio).sqrt().round().clamp(1, height - 1) * chosen
        across = (area / ratio).sqrt().round().clamp(1, width - 1)
        return erased(images, _whole(y, height - high + 1), _whole(x, width - across + 1), high, across)

    @classmethod
    def _chosen(cls, generator: torch.Generator, count: int, fraction: float) -> Tensor:
        return cls._draw(generator, count, 0.5) + 0.5 < fraction

    def _grid(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """For every output pixel, where in the input it comes from: [N, H, W, 2] in grid_sample's units."""
        count, _, height, width = images.shape
        amounts = (math.radians(self.rotation), self.shear, self.scale, self.aspect, self.shift, self.shift)
        movement = Movement(*(self._draw(generator, count, amount) for amount in amounts))
        grid = F.affine_grid(sampling_matrix(movement, height, width), list(images.shape), align_corners=False)
        return grid + self._warp(images, generator) if self.elastic else grid

    def _warp(self, images: Tensor, generator: torch.Generator) -> Tensor:
        """A smooth random displacement [N, H, W, 2]: normal at coarse nodes, bicubic between them."""
        count, _, height, width = images.shape
        nodes = (count, 2, height // ELASTIC_SPACING + 2, width // ELASTIC_SPACING + 2)
        field = torch.empty(nodes, device=images.device).normal_(generator=generator)
        field = F.interpolate(field, (height, width), mode="bicubic", align_corners=True)
        # filled on the device: a list of Python's would be copied there, and the GPU waited for
        units = torch.stack([field.new_full((), 2 / side) for side in (width, height)]) * self.elastic
        return field.permute(0, 2, 3, 1) * units

    @staticmethod
    def _draw(generator: torch.Generator, count: int, amount: float) -> Tensor:
        return torch.empty(count, device=generator.device).uniform_(-amount, amount, generator=generator)


class Movement(NamedTuple):
    """How each of N images is turned, slanted, scaled and moved; all are [N]."""

    angle: Tensor  # radians, counter-clockwise
    shear: Tensor  # columns a row
    scale: Tensor  # fraction: 0.1 is 1.1 times the size
    aspect: Tensor  # fraction by which it gets wider and, at the same time, lower
    x: Tensor  # pixels to the right
    y: Tensor  # pixels down


def sampling_matrix(movement: Movement, height: int, width: int) -> Tensor:
    """affine_grid's [N, 2, 3] for images [H, W]: it maps output to input, so it is the inverse of what is seen."""
    angle, shear, scale, aspect, x, y = movement
    stretch_x, stretch_y = 1 / ((1 + scale) * (1 + aspect)), (1 + aspect) / (1 + scale)
    cos, sin = angle.cos(), angle.sin()
    # input = stretch · shear · rotation · (output - shift), in pixels from the centre, y downwards
    a, b = stretch_x * (cos + shear * sin), stretch_x * (shear * cos - sin)
    c, d = stretch_y * sin, stretch_y * cos
    to_x, to_y = 2 / width, 2 / height  # pixels to grid_sample's -1..1
    rows = (
        torch.stack((a, b * height / width, -(a * x + b * y) * to_x), 1),
        torch.stack((c * width / height, d, -(c * x + d * y) * to_y), 1),
    )
    return torch.stack(rows, 1)


def vary_thickness(images: Tensor, pixels: Tensor) -> Tensor:
    """Strokes of float [N, C, H, W] thicker (pixels > 0) or thinner (< 0) by `pixels` [N], blended so as to be smooth.

    A 3×3 maximum makes a stroke two pixels thicker, a 3×3 minimum two pixels thinner.
    """
    part = (pixels.view(-1, 1, 1, 1) / 2).clamp(-1, 1)
    thicker = F.max_pool2d(images, 3, 1, 1) - images
    thinner = images + F.max_pool2d(-images, 3, 1, 1)  # outside the image counts as ink, so nothing shrinks there
    return images + part.clamp_min(0) * thicker + part.clamp_max(0) * thinner


def _whole(fraction: Tensor, count: Tensor | int) -> Tensor:
    """A fraction 0..1 as a whole number from 0 to below `count`."""
    return (fraction * count).floor().clamp_max(count - 1).long()


def cropped(images: Tensor, x: Tensor, y: Tensor, border: int) -> Tensor:
    """[N, C, H, W] cut anew out of themselves with a black border, `x` and `y` [N] pixels from its left and its top."""
    count, channels, height, width = images.shape
    padded = F.pad(images, (border,) * 4)
    row = y[:, None] + torch.arange(height, device=images.device)
    column = x[:, None] + torch.arange(width, device=images.device)
    image = torch.arange(count, device=images.device)[:, None, None, None]
    channel = torch.arange(channels, device=images.device)[None, :, None, None]
    return padded[image, channel, row[:, None, :, None], column[:, None, None, :]]


def mirrored(images: Tensor, chosen: Tensor) -> Tensor:
    """[N, C, H, W] with the `chosen` ones, bool [N], mirrored left to right."""
    return torch.where(chosen.view(-1, 1, 1, 1), images.flip(3), images)


def erased(images: Tensor, top: Tensor, left: Tensor, height: Tensor, width: Tensor) -> Tensor:
    """[N, C, H, W] with one rectangle each set to 0; all of the others [N], in pixels, height 0 for none."""
    row = torch.arange(images.shape[2], device=images.device)
    column = torch.arange(images.shape[3], device=images.device)
    rows = (row >= top[:, None]) & (row < (top + height)[:, None])
    columns = (column >= left[:, None]) & (column < (left + width)[:, None])
    return images.masked_fill((rows[:, :, None] & columns[:, None, :])[:, None], 0)
