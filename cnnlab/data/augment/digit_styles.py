"""Ways of writing digits that MNIST's American writers hardly used, added to its images while training.

Much of the world writes 1 with a flag and often a foot, bars its 7 and some slash their 0. A network that has only seen
MNIST takes a flagged 1 for a 7. The added strokes are straight and as thick as the image's own; the warps of
cnnlab.data.augment.geometric come after and make them as crooked as the rest.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

INK = 0.5  # brighter pixels count as ink
NARROWEST, WIDEST = math.radians(22), math.radians(65)  # between the flag of a 1 and its stem
LEVEL = math.radians(70)  # a flag is this steep at most against the vertical: nearly level, it would be a 7's bar
STEEPEST = math.radians(40)  # a 1 leaning more than this gets no flag: it would look like a 7

Grid = tuple[Tensor, Tensor]  # the pixels' centres: y [H], x [W]


def add_digit_styles(images: Tensor, labels: Tensor, fraction: float, generator: torch.Generator) -> Tensor:
    """Images like float [N, 1, H, W] of the digits `labels` [N], about `fraction` of the 1s rewritten, fewer 7s and 0s.

    Pixel lengths are meant for 28×28. All randomness comes from `generator`, on the images' device.
    """
    draw = _Uniform(len(images), generator)
    column = torch.arange(images.shape[3], device=images.device) + 0.5
    row = torch.arange(images.shape[2], device=images.device) + 0.5
    grid = (row, column)
    ink = images[:, 0]
    top, bottom, middle = (_point_at(ink, row, column, at) for at in (0.04, 0.96, 0.55))
    width = _stroke_width(images)
    lean = torch.atan2(top[:, 0] - bottom[:, 0], bottom[:, 1] - top[:, 1])  # to the right, radians

    flagged = (labels == 1) & (draw(0, 1) < fraction) & (lean.abs() < STEEPEST)
    widest = (LEVEL - lean).clamp(max=WIDEST)
    off = NARROWEST + draw(0, 1) * (widest - NARROWEST)
    flag = _toward(top, math.pi / 2 + lean + off, draw(4, 11.5))  # from the top down to the left
    added = _line(top, flag, width, grid, flagged)

    footed = flagged & (draw(0, 1) < 0.4)
    added = torch.maximum(added, _level(bottom, draw(-0.15, 0.15), draw(2.5, 6), width, grid, footed))
    barred = (labels == 7) & (draw(0, 1) < fraction / 2)
    added = torch.maximum(added, _level(middle, draw(-0.35, 0.2), draw(2.5, 5), width, grid, barred))
    slashed = (labels == 0) & (draw(0, 1) < fraction / 4)
    centre = torch.stack((_mean(ink, column, 1), _mean(ink, row, 2)), 1)
    added = torch.maximum(added, _level(centre, draw(-1.2, -0.7), draw(7, 11), width, grid, slashed))
    return _recentred(torch.maximum(images, added[:, None]), _mean(ink, column, 1), column)


class _Uniform:
    """Evenly distributed numbers [N] between two bounds."""

    def __init__(self, count: int, generator: torch.Generator):
        self.count, self.generator = count, generator

    def __call__(self, low: float, high: float) -> Tensor:
        empty = torch.empty(self.count, device=self.generator.device)
        return empty.uniform_(low, high, generator=self.generator)


def _point_at(ink: Tensor, row: Tensor, column: Tensor, fraction: float) -> Tensor:
    """(x, y) [N, 2] of the stroke at this fraction of the height of the ink, from the top."""
    filled = (ink > INK).any(2).float()
    first = filled.argmax(1)
    last = len(row) - 1 - filled.flip(1).argmax(1)
    at = (first + fraction * (last - first)).round().long()
    line = ink[torch.arange(len(ink), device=ink.device), at]
    return torch.stack(((line * column).sum(1) / line.sum(1).clamp_min(1e-6), row[at]), 1)


def _mean(ink: Tensor, positions: Tensor, axis: int) -> Tensor:
    """Where the centre of mass lies along one side, [N]."""
    mass = ink.sum(axis)
    return (mass * positions).sum(1) / mass.sum(1).clamp_min(1e-6)


def _stroke_width(images: Tensor) -> Tensor:
    """[N], pixels: an erosion by one pixel at either edge takes 2 / width of a stroke's area."""
    eroded = -torch.nn.functional.max_pool2d(-images, 3, 1, 1)
    area, left = images.sum((1, 2, 3)), eroded.sum((1, 2, 3))
    return (2 * area / (area - left).clamp_min(1e-6)).clamp(1.5, 4.5)


def _toward(start: Tensor, angle: Tensor, length: Tensor) -> Tensor:
    return start + length[:, None] * torch.stack((angle.cos(), angle.sin()), 1)


def _level(centre: Tensor, angle: Tensor, half: Tensor, width: Tensor, grid: Grid, where: Tensor) -> Tensor:
    """A line about `centre`, turned clockwise by `angle` from level."""
    return _line(_toward(centre, angle, -half), _toward(centre, angle, half), width, grid, where)


def _line(start: Tensor, stop: Tensor, width: Tensor, grid: Grid, where: Tensor) -> Tensor:
    """Ink [N, H, W] of straight round-ended strokes from start to stop, [N, 2] as (x, y); none but `where`."""
    row, column = grid
    along = stop - start
    x, y = column - start[:, 0, None], row - start[:, 1, None]  # [N, W], [N, H]
    fraction = x[:, None] * along[:, 0, None, None] + y[:, :, None] * along[:, 1, None, None]
    fraction = (fraction / along.square().sum(1).clamp_min(1e-6)[:, None, None]).clamp(0, 1)
    distance = torch.hypot(
        x[:, None] - fraction * along[:, 0, None, None], y[:, :, None] - fraction * along[:, 1, None, None]
    )
    return (0.5 + width[:, None, None] / 2 - distance).clamp(0, 1) * where[:, None, None]


def _recentred(images: Tensor, before: Tensor, column: Tensor) -> Tensor:
    """Moved sideways by whole pixels so that the centre of mass is where it was `before`, as in all of MNIST."""
    move = (before - _mean(images[:, 0], column, 1)).round().long()
    source = (torch.arange(len(column), device=images.device) - move[:, None]) % len(column)
    return images.gather(3, source[:, None, None, :].expand_as(images))
