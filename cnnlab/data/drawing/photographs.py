"""Read an uploaded drawing or photograph as white ink on black."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from cnnlab.data.drawing.ink import find_ink
from cnnlab.errors import CnnlabError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MOST_PIXELS = 60_000_000  # larger than any telephone's usual photograph; 240 MB once decoded
MOST_BYTES = 40_000_000
SIDE = 800  # longer pictures are reduced to this: a digit needs no more


def read_picture(source: bytes | Path) -> np.ndarray:
    """uint8 [h, w], white ink on black, of a drawing or of a photograph of a digit on paper; at most 800 a side.

    Dark on light and light on dark are told apart. A clean drawing of up to 800 pixels keeps every grey level.
    Raises CnnlabError for a file that is no picture, damaged or too large.
    """
    name, content = _content(source)
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise CnnlabError(
                    f"{name} has {width} × {height} pixels: make it smaller than {MOST_PIXELS // 1_000_000} megapixels."
                )
            picture.draft(None, (SIDE, SIDE))  # lets the JPEG decoder skip detail that would be thrown away
            return find_ink(_reduced(_flat(ImageOps.exif_transpose(picture))))
    except CnnlabError:
        raise
    except Exception as error:  # decoders fail in many ways on a broken file; none of them may reach the page
        raise CnnlabError(f"{name} could not be read as a picture: save it as PNG or JPEG and try again.") from error


def _content(source: bytes | Path) -> tuple[str, bytes]:
    content: bytes | None
    if isinstance(source, bytes | bytearray | memoryview):
        name, content = "The picture", bytes(source)
    else:
        name = str(source)
        try:
            content = Path(source).read_bytes() if Path(source).stat().st_size <= MOST_BYTES else None
        except OSError as error:
            raise CnnlabError(f"{name} could not be read ({error.strerror or error}): choose another file.") from error
    if content is None or len(content) > MOST_BYTES:
        raise CnnlabError(f"{name} is too large a file: make it smaller than {MOST_BYTES // 1_000_000} megabytes.")
    return name, content


def _flat(picture: Image.Image) -> np.ndarray:
    """uint8 [h, w] or [h, w, 3] without transparency."""
    if picture.mode.startswith("I") or picture.mode == "F":  # 16 bits a pixel, or more
        values = np.asarray(picture, np.float64)
        if values.size and values.max() > 255:
            values = values / 257 if values.max() < 65_536 else values * (255 / values.max())
        return np.clip(values, 0, 255).round().astype(np.uint8)
    if picture.has_transparency_data:
        return _over_contrast(np.asarray(picture.convert("RGBA")))
    return np.asarray(picture.convert("L" if picture.mode in ("L", "1", "LA") else "RGB"))


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
