"""Drawings such as a hand with a mouse, a finger or a tablet pen makes, from skeletons, without end and by seed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.support.digit_skeletons import SKELETONS, TUNED_ON, Skeleton

CANVAS = 280  # pixels a side
PEN = 20  # pixels
SMOOTH = 3  # drawn so many times larger where edges are to be smooth


@dataclass(frozen=True)
class Hand:
    """How far people's drawings stray from a skeleton: standard deviations, lengths as shares of the digit's height."""

    points: float = 0.025  # each point by itself
    warp: float = 0.05  # neighbouring parts together
    slant: float = 0.16
    turn: float = 5.0  # degrees
    aspect: float = 0.18  # log of width against height
    ends: float = 0.05  # strokes begin and end too early or too late
    apart: float = 0.018  # strokes of one digit against each other
    tremble: float = 0.006
    smallest: float = 80.0  # pixels, the longer side
    largest: float = 235.0


def draw_digit(
    digit: int,
    chance: np.random.Generator,
    hand: Hand = Hand(),
    held_out: bool | None = None,  # noqa: B008
) -> list[np.ndarray]:
    """The strokes of one drawing of `digit`, each float [points, 2] (x, y) in pixels of a 280×280 canvas.

    held_out: only the variants that nothing was tuned on (True), only the others (False), or all (None).
    """
    variants = SKELETONS[digit]
    if held_out is not None:
        variants = variants[TUNED_ON:] if held_out else variants[:TUNED_ON]
    return draw_skeleton(variants[chance.integers(len(variants))], chance, hand)


def draw_skeleton(skeleton: Skeleton, chance: np.random.Generator, hand: Hand = Hand()) -> list[np.ndarray]:  # noqa: B008
    """The strokes of one drawing of this, each float [points, 2] (x, y) in pixels of a 280×280 canvas."""
    strokes = _shaped(skeleton, chance, hand)
    return [_sampled(stroke, chance) for stroke in _on_canvas(strokes, chance, hand)]


def render(strokes: list[np.ndarray], pen: float = PEN, size: int = CANVAS, smooth: bool = True) -> np.ndarray:
    """uint8 [size, size], white on black: straight pieces with round caps and joints."""
    factor = SMOOTH if smooth else 1
    image = Image.new("L", (size * factor, size * factor))
    draw, radius = ImageDraw.Draw(image), pen * factor / 2
    for stroke in strokes:
        points = [(x * factor, y * factor) for x, y in stroke]
        draw.line(points, fill=255, width=round(pen * factor))
        for x, y in points:
            draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=255)
    return np.asarray(image.resize((size, size), Image.Resampling.BOX))


def _shaped(skeleton: Skeleton, chance: np.random.Generator, hand: Hand) -> list[np.ndarray]:
    """Densely sampled strokes about the origin, one unit high before they are turned and slanted."""
    directions = chance.normal(size=(3, 2))
    phases, bends = chance.uniform(0, 2 * np.pi, 3), chance.normal(0, hand.warp, (3, 2))
    angle, slant = np.radians(chance.normal(0, hand.turn)), chance.normal(0.06, hand.slant)
    wide = np.exp(chance.normal(0, hand.aspect))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    matrix = turn @ np.array([[wide, -slant], [0, 1]])
    strokes = []
    for corners in skeleton:
        points = np.array(corners, float)
        spacing = np.hypot(*np.diff(points, axis=0).T).max()
        nudges = chance.normal(0, hand.points * min(1, spacing / 0.25), points.shape)  # close points: less each
        for i in np.flatnonzero((points[1:] == points[:-1]).all(1)) + 1:
            nudges[i] = nudges[i - 1]  # a corner stays one
        path = _trimmed(_curve(points + nudges), chance, hand.ends)
        path = path + np.sin(path @ directions.T * 3 + phases) @ bends + chance.normal(0, hand.apart, 2)
        strokes.append((path - [0.3, 0.5]) @ matrix.T + _tremble(len(path), chance, hand.tremble))
    return strokes


def _curve(points: np.ndarray, steps: int = 12) -> np.ndarray:
    """A centripetal-like Catmull-Rom curve through `points`; between a doubled point and the next it is straight."""
    padded = np.vstack([2 * points[0] - points[1], points, 2 * points[-1] - points[-2]])
    t = np.linspace(0, 1, steps, endpoint=False)[:, None]
    parts = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        if np.allclose(b, c):
            continue
        before = np.zeros(2) if np.allclose(a, b) else (c - a) / 2  # at a corner the curve starts straight
        after = np.zeros(2) if np.allclose(c, d) else (d - b) / 2
        parts.append(
            (2 * t**3 - 3 * t**2 + 1) * b
            + (t**3 - 2 * t**2 + t) * before
            + (3 * t**2 - 2 * t**3) * c
            + (t**3 - t**2) * after
        )
    return _dense(np.vstack([*parts, points[-1:]]))


def _dense(path: np.ndarray) -> np.ndarray:
    """The same path with a point every hundredth."""
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    wanted = np.linspace(0, lengths[-1], max(12, int(lengths[-1] * 100)))
    return np.stack([np.interp(wanted, lengths, axis) for axis in path.T], 1)


def _trimmed(path: np.ndarray, chance: np.random.Generator, amount: float) -> np.ndarray:
    """A little missing or added at both ends."""
    for _ in range(2):
        change = chance.normal(0, amount)
        lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
        if change < 0:
            path = path[lengths >= min(-change, 0.3 * lengths[-1])]
        elif lengths[-1] > 0:
            start = path[min(int(np.searchsorted(lengths, 0.08)), len(path) - 1)]
            ahead = path[0] - start
            path = np.vstack([path[0] + ahead / max(np.hypot(*ahead), 1e-6) * change, path])
        path = path[::-1]
    return path


def _tremble(count: int, chance: np.random.Generator, amount: float) -> np.ndarray:
    """Small regular irregularities: noise over some 8 hundredths of the way."""
    noise = chance.normal(0, amount * 8**0.5, (count + 7, 2))
    return np.stack([np.convolve(axis, np.ones(8) / 8, "valid") for axis in noise.T], 1)


def _on_canvas(strokes: list[np.ndarray], chance: np.random.Generator, hand: Hand) -> list[np.ndarray]:
    low, high = np.min([s.min(0) for s in strokes], 0), np.max([s.max(0) for s in strokes], 0)
    size = chance.uniform(hand.smallest, hand.largest)
    scale = size / max(high - low)
    room = CANVAS - 2 * (PEN / 2 + 3) - (high - low) * scale
    corner = PEN / 2 + 3 + np.maximum(room, 0) * chance.beta(2, 2, 2)  # people draw near the middle
    return [(stroke - low) * scale + corner for stroke in strokes]


def _sampled(path: np.ndarray, chance: np.random.Generator) -> np.ndarray:
    """As a device reports it: at even times, so far apart where the hand is fast, rounded to whole pixels."""
    step = chance.uniform(4, 22)
    lengths = np.r_[0, np.cumsum(np.hypot(*np.diff(path, axis=0).T))]
    pace = 1 + 0.4 * np.sin(np.linspace(0, chance.uniform(2, 9), len(path)) + chance.uniform(0, 6))
    times = np.r_[0, np.cumsum(np.diff(lengths) / pace[1:])]
    wanted = np.linspace(0, times[-1], max(2, int(times[-1] / step) + 1))
    return np.round(np.stack([np.interp(wanted, times, axis) for axis in path.T], 1))
