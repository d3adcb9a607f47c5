"""Turn a drawing into a 28×28 digit the way MNIST was made.

"The original black and white images from NIST were size normalized to fit in a 20x20 pixel box while preserving their
aspect ratio. The resulting images contain grey levels as a result of the anti-aliasing technique … the images were
centered in a 28x28 image by computing the center of mass of the pixels" (LeCun, Cortes, Burges).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image

from cnnlab.data.drawing.checks import find_problem
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.data.drawing.strokes import FINE, even_stroke
from cnnlab.errors import CnnlabError

__all__ = ["Prepared", "Steps", "crop_to_ink", "prepare", "read_picture"]

SIDE = 28  # of an MNIST image
BOX = 20  # the digit's longer side in it
CENTRE = 14.5  # pixels from the border: where the centres of mass of MNIST lie, to half a pixel
FAINT = 48  # weaker ink is blur or noise and does not widen the crop; the best of 4 … 128 for giving MNIST back
CLEAR = 48  # a canvas whose brightest and darkest pixel differ by less shows nothing


@dataclass(frozen=True)
class Steps:
    """Which steps of the preparation are taken; without one of them the result is still 28×28."""

    crop: bool = True  # to the ink; else the whole canvas counts as the digit
    scale: bool = True  # the longer side to 20 pixels; else the canvas to 28, so the digit keeps the size it was drawn
    centre: bool = True  # the centre of mass in the middle; else the middle of the box
    thicken: bool = True  # very thin or thick strokes to the widths that MNIST has


@dataclass(frozen=True)
class Prepared:
    """The result for a drawing: a picture after every step, and the digit or a sentence saying why there is none.

    stages: (caption, uint8 [h, w] white on black), the canvas first; image: uint8 [28, 28], the last of them.
    """

    stages: tuple[tuple[str, np.ndarray], ...]
    image: np.ndarray | None
    problem: str | None


def prepare(canvas: np.ndarray, steps: Steps = Steps()) -> Prepared:  # noqa: B008  (frozen)
    """The digit on `canvas`, uint8 [h, w]: white ink on black; black on white is recognised by its border.

    Raises CnnlabError for anything but a grey uint8 picture.
    """
    if not isinstance(canvas, np.ndarray) or canvas.ndim != 2 or canvas.dtype != np.uint8 or not canvas.size:
        raise CnnlabError(f"The canvas is {_describe(canvas)}: it must be a grey picture, uint8 [height, width].")
    ink = _ink(canvas)
    stages = [("as drawn", ink)]
    problem = find_problem(ink, FAINT)
    if problem:
        return Prepared(tuple(stages), None, problem)
    digit = ink
    if steps.crop:
        digit = crop_to_ink(ink)
        stages.append(("cropped to the ink", digit))
    factor = SIDE / max(canvas.shape)  # to the 28×28 image, where the size is left as drawn
    if steps.thicken:
        evened, caption = even_stroke(digit, _fitted(digit, steps, factor))
        if evened is not digit:
            factor = 1 / FINE
            digit = crop_to_ink(evened) if steps.crop else evened  # a thicker stroke is a little larger
        stages.append((caption, digit))
    digit = _resized(digit, _fitted(digit, steps, factor))
    stages.append((f"scaled to {digit.shape[0]} × {digit.shape[1]}", digit))
    image = _placed(digit, by_mass=steps.centre)
    stages.append(("centred by its mass" if steps.centre else "put in the middle", image))
    return Prepared(tuple(stages), image, None)


def crop_to_ink(ink: np.ndarray) -> np.ndarray:
    """The smallest part of uint8 [h, w] that holds all ink; everything where there is none."""
    rows, columns = (np.flatnonzero((ink > FAINT).any(axis)) for axis in (1, 0))
    return ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] if len(rows) else ink


def _ink(canvas: np.ndarray) -> np.ndarray:
    """White ink on black, stretched to full contrast: grey ink means the same digit."""
    border = np.concatenate((canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]))
    low, high = int(canvas.min()), int(canvas.max())
    if high - low >= CLEAR and np.median(border) > (low + high) / 2:
        canvas, high = 255 - canvas, 255 - low
    if CLEAR <= high < 250:
        return np.round(canvas * (255 / high)).astype(np.uint8)
    return canvas


def _fitted(digit: np.ndarray, steps: Steps, factor: float) -> tuple[int, int]:
    """(height, width) in the 28×28 image."""
    if steps.scale:
        factor = BOX / max(digit.shape)
    height, width = (min(SIDE, max(1, round(side * factor))) for side in digit.shape)
    return height, width


def _resized(digit: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Each new pixel the mean of what it covers; enlarged smoothly."""
    kind = Image.Resampling.BOX if size[0] <= digit.shape[0] else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(digit).resize(size[::-1], kind))


def _placed(digit: np.ndarray, by_mass: bool) -> np.ndarray:
    """In the 28×28 image: the centre of mass, or the middle, in its middle; moved by whole pixels, never cut off."""
    image = np.zeros((SIDE, SIDE), np.uint8)
    corner = []
    for axis, length in enumerate(digit.shape):
        weights = digit.sum(1 - axis, dtype=np.float64) if by_mass else np.ones(length)
        middle = weights @ (np.arange(length) + 0.5) / max(weights.sum(), 1.0)
        corner.append(int(np.clip(round((CENTRE if by_mass else SIDE / 2) - middle), 0, SIDE - length)))
    image[corner[0] : corner[0] + digit.shape[0], corner[1] : corner[1] + digit.shape[1]] = digit
    return image


def _describe(canvas: object) -> str:
    return f"{canvas.dtype} {list(canvas.shape)}" if isinstance(canvas, np.ndarray) else type(canvas).__name__
