"""Read an uploaded drawing or photograph as white ink on black."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from cnnlab.data.drawing.ink import find_ink
from cnnlab.data.picture_files import MOST_BYTES, opened, reduced, upright
from cnnlab.errors import CnnlabError

SIDE = 800  # longer pictures are reduced to this: a digit needs no more


def read_picture(source: bytes | Path) -> np.ndarray:
    """uint8 [h, w], white ink on black, of a drawing or of a photograph of a digit on paper; at most 800 a side.

    Dark on light and light on dark are told apart. A clean drawing of up to 800 pixels keeps every grey level.
    Raises CnnlabError for a file that is no picture, damaged or too large.
    """
    name, content = _content(source)
    with opened(content, name, SIDE) as picture:
        return find_ink(_reduced(_flat(_coarse(upright(picture)))))


def _content(source: bytes | Path) -> tuple[str, bytes]:
    if isinstance(source, bytes | bytearray | memoryview):
        return "The picture", bytes(source)
    try:
        with Path(source).open("rb") as file:
            return str(source), file.read(MOST_BYTES + 1)  # one more is refused
    except OSError as error:
        raise CnnlabError(f"{source} could not be read ({error.strerror or error}): choose another file.") from error


def _coarse(picture: Image.Image) -> Image.Image:
    return reduced(picture, max(picture.size) // SIDE)


def _flat(picture: Image.Image) -> np.ndarray:
    """uint8 [h, w] or [h, w, 3] without transparency."""
    if picture.mode in ("I", "F"):  # 16 bits a pixel, or more
        values = np.asarray(picture, np.float64)
        if values.size and values.max() > 255:
            values = values / 257 if values.max() < 65_536 else values * (255 / values.max())
        return np.clip(values, 0, 255).round().astype(np.uint8)
    return _over_contrast(np.asarray(picture)) if picture.mode == "RGBA" else np.asarray(picture)


def _over_contrast(rgba: np.ndarray) -> np.ndarray:
    """Laid over white where what is opaque is dark, over black where it is light: nobody draws invisibly."""
    colours, alpha = rgba[..., :3].astype(np.float64), rgba[..., 3:] / 255
    if alpha.min() == 1:
        return rgba[..., :3]
    lightness = (colours * alpha).sum() / max(3 * alpha.sum(), 1e-9)
    ground = 255.0 if lightness < 128 else 0.0
    return (colours * alpha + ground * (1 - alpha)).round().astype(np.uint8)


def _reduced(pixels: np.ndarray) -> np.ndarray:
    picture = Image.fromarray(pixels)
    if max(picture.size) > SIDE:
        picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(picture)
