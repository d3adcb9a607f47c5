"""Checks a drawing before a network sees it: is it empty, a dot, two digits, or one digit in several strokes?"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from PIL import Image
from scipy import ndimage

from cnnlab.data.drawing.strokes import stroke_width

BLANK = "Nothing is drawn yet: draw a digit from 0 to 9."
EVEN = "The picture is one even area without strokes: draw or photograph one digit on a plain background."
DOT = "That is only a dot or a blot: draw a whole digit."
TWO = "There seem to be two digits: draw one at a time."

FINE = 80  # pieces are looked at in a picture with this longer side: fine enough for every gap that matters
BLOT = 2.0  # a digit is longer than so many times the width of its stroke
NEAR = 0.055  # pieces closer than twice this fraction of the taller one's height belong to one digit
TALL = 0.45  # a second digit is at least this fraction of the first one's height


def find_problem(ink: np.ndarray, faint: int) -> str | None:
    """Why uint8 [h, w], white ink on black, is not one digit; None when it may be one. Pixels up to `faint` are empty.

    A digit's own strokes may lie apart (the bar of a 5, a 4 left open), but not far, and they are not two tall pieces
    side by side.
    """
    rows, columns = (np.flatnonzero((ink > faint).any(axis)) for axis in (1, 0))
    if not len(rows):
        return BLANK
    if ink.min() > faint:
        return EVEN
    part = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    if max(part.shape) < 5:
        return DOT
    mask = _fine(part) > 100
    if max(mask.shape) < BLOT * stroke_width(mask):
        return DOT
    return TWO if _are_two(_groups(mask)) else None


def _fine(part: np.ndarray) -> np.ndarray:
    factor = FINE / max(part.shape)
    height, width = (max(1, round(side * factor)) for side in part.shape)
    return np.asarray(Image.fromarray(part).resize((width, height), Image.Resampling.BILINEAR))


def _groups(mask: np.ndarray) -> list[tuple[slice, slice]]:
    """The boxes (rows, columns) of the groups of pieces that lie near one another."""
    pieces = ndimage.find_objects(ndimage.label(mask, np.ones((3, 3)))[0])
    if len(pieces) < 2:
        return pieces
    reach = NEAR * max(_length(rows) for rows, _ in pieces)
    near = ndimage.distance_transform_edt(~mask) <= reach
    labels, _ = ndimage.label(near, np.ones((3, 3)))
    return ndimage.find_objects(np.where(mask, labels, 0))


def _are_two(groups: list[tuple[slice, slice]]) -> bool:
    """Whether two of the boxes are tall and side by side, or one above the other."""
    tallest = max((_length(rows) for rows, _ in groups), default=0)
    tall = [box for box in groups if _length(box[0]) >= TALL * tallest]
    return any(_side_by_side(a, b) or _stacked(a, b) for a, b in combinations(tall[:8], 2))


def _side_by_side(a: tuple[slice, slice], b: tuple[slice, slice]) -> bool:
    return _overlap(a[1], b[1]) <= 0.2


def _stacked(a: tuple[slice, slice], b: tuple[slice, slice]) -> bool:
    return _overlap(a[0], b[0]) <= -0.2  # further apart than the halves of a broken 8


def _overlap(a: slice, b: slice) -> float:
    """Common length as a fraction of the shorter one; below 0 when they lie apart."""
    return (min(a.stop, b.stop) - max(a.start, b.start)) / min(_length(a), _length(b))


def _length(a: slice) -> int:
    return a.stop - a.start
