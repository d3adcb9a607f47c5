"""What a canvas for digits is given besides: letters, strokes at random, scribbles, digits lying down or mirrored."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import torch
from torch import Tensor

from cnnlab.data.augment.chance import Chance
from cnnlab.data.augment.letter_styles import STYLES
from cnnlab.data.augment.pen_strokes import SEGMENTS, segments, traced

STROKES = 4  # at most, in a figure
PIECES = SEGMENTS // STROKES  # straight ones in each of them
COLUMNS, ROWS = (0.0, 0.3, 0.62), (0.0, 0.5, 1.0)  # where strokes begin and end
# fractions of straight strokes, of those that go on where the last one ended, and of first strokes that are round
STRAIGHT, JOINED, ROUND = 0.55, 0.45, 0.12
BEND = 0.3  # standard deviation of a stroke's middle from the straight line
LEVEL = 0.3  # a stroke by itself is made so much lower: steep, it would be a 1
NARROW = 0.6  # of the height: what is narrower is laid on its side, for the same reason
WIDTHS = (1.6, 2.6)  # pixels of a stroke: thicker ones would fill a figure to a blot
TURNS = 9  # points that a scribble goes through
TURNED = 0.15  # fraction of digits that lie or are mirrored, if theirs are among these:
LYING, MIRRORED = (2, 3, 4, 5, 6, 7, 9), (3, 4, 6, 7, 9)  # which are none any more when they are turned so
LETTERS, SCRIBBLED = 0.5, 0.2  # fractions of the others; what is left are figures of a few strokes


def with_outliers(images: Tensor, labels: Tensor, fraction: float, generator: torch.Generator) -> tuple[Tensor, int]:
    """(images like float [N, 1, 28, 28] of the digits `labels` [N], how many still show them).

    The last `fraction` of them make room for outliers. A batch comes shuffled, so that the last of it are any. All
    randomness comes from `generator`, on their device.
    """
    known = len(images) - round(fraction * len(images))
    if known == len(images):
        return images, known
    return torch.cat((images[:known], outliers(images[known:], labels[known:], generator))), known


def outliers(images: Tensor, labels: Tensor, generator: torch.Generator) -> Tensor:
    """As many images as `images`, float [N, 1, 28, 28] of the digits `labels` [N], but none that shows a digit.

    Some are those digits turned. All randomness comes from `generator`, on their device.
    """
    chance, device, each = Chance(len(images), generator), images.device, (1, 1, 1)
    kind = chance.uniform(*each)
    path = torch.where(kind < LETTERS, _letters(chance, device), _figures(chance, device))
    path = torch.where(kind > 1 - SCRIBBLED, _scribbles(chance, device), path)
    drawn = traced(_lying(path), generator, WIDTHS)[:, None]
    kind = chance.uniform(*each)
    lying = torch.where(chance.uniform(*each) < 0.5, images.rot90(1, (2, 3)), images.rot90(3, (2, 3)))
    flat = (kind < TURNED / 2) & _among(labels, LYING)
    mirror = (kind >= TURNED / 2) & (kind < TURNED) & _among(labels, MIRRORED)
    return torch.where(flat, lying, torch.where(mirror, images.flip(3), drawn))


def _letters(chance: Chance, device: torch.device) -> Tensor:
    """A letter or shape each, [N, SEGMENTS, 2, (x, y)]."""
    styles = _styles(device)
    return styles[(chance.uniform() * len(styles)).long()]


@cache
def _styles(device: torch.device) -> Tensor:
    return torch.stack([segments(style) for style in STYLES]).to(device)


def _figures(chance: Chance, device: torch.device) -> Tensor:
    """One to STROKES strokes each, [N, SEGMENTS, 2, (x, y)]."""
    uniform = chance.uniform
    columns, rows = _constant(COLUMNS, device), _constant(ROWS, device)
    ends = torch.stack(
        (columns[(uniform(STROKES, 2) * 3).long()], rows[(uniform(STROKES, 2) * 3).long()]), -1
    )  # [N, STROKES, 2, (x, y)]
    joined = uniform(STROKES - 1) < JOINED
    starts = [ends[:, 0, 0]]
    for stroke in range(1, STROKES):
        starts.append(torch.where(joined[:, stroke - 1, None], ends[:, stroke - 1, 1], ends[:, stroke, 0]))
    start, end = torch.stack(starts, 1), ends[:, :, 1]
    same = ((start - end).abs().sum(-1) < 0.1)[..., None]
    end = torch.where(same, (start + _constant((0.4, 0.5), device)) % 1.0, end)
    bend = chance.normal(STROKES, 2) * BEND
    middle = (start + end) / 2 + bend * (uniform(STROKES, 1) > STRAIGHT)
    at = torch.linspace(0, 1, PIECES + 1, device=device)[:, None]
    start, middle, end = (each[:, :, None] for each in (start, middle, end))
    path = (1 - at) ** 2 * start + 2 * at * (1 - at) * (2 * middle - (start + end) / 2) + at**2 * end
    angle = 2 * math.pi * (at[:, 0] * (0.5 + 0.5 * uniform(1)) + uniform(1))
    circle = torch.stack((0.3 + 0.32 * angle.cos(), 0.5 + 0.5 * angle.sin()), -1)
    first = torch.where((uniform() < ROUND)[:, None, None], circle, path[:, 0])
    path = torch.cat((first[:, None], path[:, 1:]), 1)
    strokes = 1 + (uniform() * STROKES).long()  # those beyond lie on the first ones
    which = torch.arange(STROKES, device=device) % strokes[:, None]
    path = path.gather(1, which[:, :, None, None].expand_as(path))
    level = _constant((1.0, LEVEL), device)
    path = torch.where((strokes == 1)[:, None, None, None], _lying(path, 1.0) * level, path)
    return torch.stack((path[:, :, :-1], path[:, :, 1:]), 3).flatten(1, 2)


def _scribbles(chance: Chance, device: torch.device) -> Tensor:
    """One long smooth stroke each, [N, SEGMENTS, 2, (x, y)]."""
    path = _smooth(device) @ chance.uniform(TURNS, 2)
    return torch.stack((path[:, :-1], path[:, 1:]), 2)


def _lying(path: Tensor, narrow: float = NARROW) -> Tensor:
    """[N, any, any, (x, y)], those narrower than so much of their height laid on their side: upright they are a 1."""
    width, height = (path.amax((1, 2)) - path.amin((1, 2))).unbind(1)
    return torch.where((width < narrow * height)[:, None, None, None], path.flip(-1), path)


@cache
def _smooth(device: torch.device) -> Tensor:
    """[SEGMENTS + 1, TURNS]: times the points that a smooth curve goes through, it gives the curve."""
    from scipy.interpolate import CubicSpline  # a quarter of a second, for few recipes

    spline = CubicSpline(np.arange(TURNS), np.eye(TURNS))
    return torch.from_numpy(spline(np.linspace(0, TURNS - 1, SEGMENTS + 1))).float().to(device)


@cache
def _constant(values: tuple[float, ...], device: torch.device) -> Tensor:
    """Copied to the device once: a recorded step may not copy."""
    return torch.tensor(values, device=device)


def _among(labels: Tensor, digits: tuple[int, ...]) -> Tensor:
    return torch.isin(labels, _constant(digits, labels.device))[:, None, None, None]
