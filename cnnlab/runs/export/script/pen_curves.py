"""A pen's way as a smooth curve, worked out by torch alone, for programs that have no SciPy.

The spline is SciPy's CubicSpline with its own ends ("not-a-knot"): the first two pieces are one cubic, so are the last
two.
"""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor

from cnnlab.data.augment.outliers import TURNS
from cnnlab.data.augment.pen_strokes import SEGMENTS, Points, Style


def segments(style: Style) -> Tensor:
    """SEGMENTS pieces [S, 2, (x, y)] along all strokes, longer strokes in more of them."""
    curves = [_curve(stroke) for stroke in style]
    lengths = [_way(curve)[-1].item() for curve in curves]
    shares = [max(2, int(SEGMENTS * length / sum(lengths))) for length in lengths]
    shares[shares.index(max(shares))] += SEGMENTS - sum(shares)
    pieces = []
    for curve, share in zip(curves, shares, strict=True):
        way = _way(curve)
        even = torch.linspace(0, 1, share + 1, dtype=torch.float64) * way[-1]
        points = _between(even, way, curve)
        pieces.append(torch.stack((points[:-1], points[1:]), 1))
    return torch.cat(pieces).float()


def _curve(stroke: Points) -> Tensor:
    """A smooth curve through the points, [many, 2], in pieces from corner to corner."""
    points = torch.tensor(stroke, dtype=torch.float64)
    corners = [0, *(at for at in range(1, len(stroke)) if stroke[at] == stroke[at - 1]), len(stroke)]
    parts = []
    for start, stop in zip(corners, corners[1:], strict=False):
        piece = points[start:stop]
        if len(piece) < 2:
            continue
        way = _way(piece)
        even = torch.linspace(0, 1, 60, dtype=torch.float64) * way[-1]
        parts.append(spline(even, way, piece) if len(piece) > 2 else piece)
    return torch.cat(parts)


def _way(points: Tensor) -> Tensor:
    """How far each of the points [N, 2] is from the first, along the line through them."""
    return torch.cat((points.new_zeros(1), points.diff(dim=0).norm(dim=1).cumsum(0)))


def _between(at: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """Straight from value to value: what lies `at` [M] of values [N, D] that are known at `places` [N]."""
    left = (torch.searchsorted(places, at, right=True) - 1).clamp(0, len(places) - 2)
    part = (at - places[left]) / (places[left + 1] - places[left]).clamp_min(1e-300)
    return values[left] + part[:, None] * (values[left + 1] - values[left])


def spline(at: Tensor, places: Tensor, values: Tensor) -> Tensor:
    """A cubic spline through values [N, D] at `places` [N], three at least, worked out `at` [M]: [M, D]."""
    step, count = places.diff(), len(places)
    slope = values.diff(dim=0) / step[:, None]
    left = (torch.searchsorted(places, at, right=True) - 1).clamp(0, count - 2)
    away = (at - places[left])[:, None]
    if count == 3:  # one parabola
        bend = (slope[1] - slope[0]) / (places[2] - places[0])
        x = (at - places[0])[:, None]
        return values[0] + x * (slope[0] + bend * (x - step[0]))
    system = torch.zeros(count, count, dtype=values.dtype)  # of the second derivatives
    wanted = torch.zeros_like(values)
    for row in range(1, count - 1):
        system[row, row - 1], system[row, row + 1] = step[row - 1], step[row]
        system[row, row] = 2 * (step[row - 1] + step[row])
        wanted[row] = 6 * (slope[row] - slope[row - 1])
    system[0, :3] = torch.stack((step[1], -step[0] - step[1], step[0]))
    system[-1, -3:] = torch.stack((step[-1], -step[-1] - step[-2], step[-2]))
    bend = torch.linalg.solve(system, wanted)
    width = step[left][:, None]
    first = slope[left] - width * (2 * bend[left] + bend[left + 1]) / 6
    return values[left] + away * (first + away * (bend[left] / 2 + away * (bend[left + 1] - bend[left]) / (6 * width)))


@cache
def smooth(device: torch.device) -> Tensor:
    """[SEGMENTS + 1, TURNS]: times the points that a smooth curve goes through, it gives the curve."""
    places = torch.arange(TURNS, dtype=torch.float64)
    even = torch.linspace(0, TURNS - 1, SEGMENTS + 1, dtype=torch.float64)
    return spline(even, places, torch.eye(TURNS, dtype=torch.float64)).float().to(device)
