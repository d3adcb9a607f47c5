"""Strokes of a pen as images like MNIST's: crooked as a hand draws them, of any thickness, centred.

A style is a tuple of strokes, each the points that a pen goes through (x to the right, y down, the whole about 1 high),
joined by a smooth curve; a point given twice is a corner.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor

from cnnlab.data.augment.chance import Chance

BOX, CENTRE = 20.0, 14.0  # pixels: the longer side of a digit in 28×28, and where its centre of mass lies
WIDTHS = (1.6, 3.0)  # pixels of a stroke: thicker ones would fill the loops of a narrow 8
SEGMENTS = 28  # a style's way is cut into so many
WARP, TURN, SLANT, ASPECT = 0.055, math.radians(7), 0.2, 0.15  # standard deviations

Points = list[tuple[float, float]]
Style = tuple[Points, ...]


def traced(path: Tensor, generator: torch.Generator, widths: tuple[float, float] = WIDTHS) -> Tensor:
    """float [N, 28, 28] in 0..1 of straight pieces `path` [N, S, 2 ends, (x, y)], x to the right, y down, about 1 high.

    They lie as MNIST's digits do: 20 pixels the longer side, the centre of mass in the middle. All randomness comes
    from `generator`, on the path's device.
    """
    chance = Chance(len(path), generator)
    normal, uniform = chance.normal, chance.uniform
    waves, phases, bends = normal(2, 3), 2 * math.pi * uniform(), WARP * normal(3, 2)
    path = path + (3 * path @ waves[:, None] + phases[:, None, None, None]).sin() @ bends[:, None]
    path = path @ _crooked(TURN * normal(), SLANT * normal(), (ASPECT * normal()).exp())[:, None]
    low, high = path.amin((1, 2)), path.amax((1, 2))
    width = widths[0] + uniform() * (widths[1] - widths[0])
    scale = (BOX - width) / (high - low).amax(1)
    middle = (path - ((low + high) / 2)[:, None, None]) * scale[:, None, None, None]
    return _centred(_ink(middle + CENTRE, width))


def _crooked(turn: Tensor, slant: Tensor, wide: Tensor) -> Tensor:
    """[N, 2, 2]: (x, y) times it is made wider, slanted and turned."""
    cos, sin = turn.cos(), turn.sin()
    across = torch.stack((wide * cos, wide * sin), 1)
    down = torch.stack((-slant * cos - sin, cos - slant * sin), 1)
    return torch.stack((across, down), 1)


def _ink(path: Tensor, width: Tensor) -> Tensor:
    """[N, 28, 28] of round-ended segments [N, S, 2, (x, y)], `width` [N] pixels wide."""
    place = torch.arange(28, device=path.device) + 0.5
    (x, y), (across, down) = (each.unsqueeze(-1).unbind(2) for each in (path[:, :, 0], path[:, :, 1] - path[:, :, 0]))
    x, y = place - x, place - y  # [N, S, 28], from each segment's start
    length = (across**2 + down**2).clamp_min(1e-6)
    part = ((x * across / length)[:, :, None] + (y * down / length)[..., None]).clamp_(0, 1)  # [N, S, 28, 28]
    away = (x[:, :, None] - part * across[..., None]).square_()
    away += (y[..., None] - part * down[..., None]).square_()
    return (0.5 + width[:, None, None] / 2 - away.amin(1).sqrt()).clamp(0, 1)


def _centred(ink: Tensor) -> Tensor:
    """Moved by whole pixels so that the centre of mass is in the middle; nothing is moved out."""
    place = torch.arange(28, device=ink.device)
    mass = ink.sum((1, 2)).clamp_min(1e-6)
    for axis in (1, 2):
        middle = (ink.sum(3 - axis) * (place + 0.5)).sum(1) / mass
        filled = ink.amax(3 - axis) > 0
        before = filled.float().argmax(1)
        after = filled.flip(1).float().argmax(1)
        move = (CENTRE - middle).round().long().clamp(-before, after)
        source = (place - move[:, None]) % 28
        index = source[:, :, None] if axis == 1 else source[:, None]
        ink = ink.gather(axis, index.expand_as(ink))
    return ink


def segments(style: Style) -> Tensor:
    """SEGMENTS pieces [S, 2, (x, y)] along all strokes, longer strokes in more of them."""
    curves = [_curve(stroke) for stroke in style]
    lengths = [float(np.hypot(*np.diff(curve, axis=0).T).sum()) for curve in curves]
    shares = [max(2, int(SEGMENTS * length / sum(lengths))) for length in lengths]
    shares[int(np.argmax(shares))] += SEGMENTS - sum(shares)
    pieces = []
    for curve, share in zip(curves, shares, strict=True):
        way = np.r_[0, np.cumsum(np.hypot(*np.diff(curve, axis=0).T))]
        even = np.linspace(0, way[-1], share + 1)
        points = np.stack([np.interp(even, way, axis) for axis in curve.T], 1)
        pieces.append(np.stack((points[:-1], points[1:]), 1))
    return torch.from_numpy(np.concatenate(pieces)).float()


def _curve(stroke: Points) -> np.ndarray:
    """A smooth curve through the points, [many, 2], in pieces from corner to corner."""
    from scipy.interpolate import CubicSpline  # a quarter of a second, for few recipes

    points = np.array(stroke)
    corners = [0, *(np.flatnonzero((points[1:] == points[:-1]).all(1)) + 1), len(points)]
    parts = []
    for start, stop in zip(corners, corners[1:], strict=False):
        piece = points[start:stop]
        if len(piece) < 2:
            continue
        way = np.r_[0, np.cumsum(np.hypot(*np.diff(piece, axis=0).T))]
        parts.append(CubicSpline(way, piece)(np.linspace(0, way[-1], 60)) if len(piece) > 2 else piece)
    return np.concatenate(parts)
