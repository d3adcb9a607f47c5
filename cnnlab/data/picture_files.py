"""Opens a picture's file for whoever decodes it: what is too large is refused before it takes memory."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager

from PIL import Image, ImageOps, UnidentifiedImageError

from cnnlab.common.text import first_line
from cnnlab.errors import CnnlabError

FORMATS = ("PNG", "JPEG", "WEBP", "BMP", "GIF")
MOST_BYTES = 40_000_000
MOST_PIXELS = 30_000_000  # 120 MB once decoded
MOST_JPEG_PIXELS = 50_000_000  # a telephone's; its decoder can leave out detail that nobody asks for


@contextmanager
def opened(content: bytes, name: str, side: int = 0) -> Iterator[Image.Image]:
    """A picture's file, open; whatever a decoder raises within the block becomes one sentence naming `name`.

    side: no more detail than for so many pixels a side is needed.
    """
    if len(content) > MOST_BYTES:
        raise CnnlabError(f"{name} is too large a file: make it smaller than {MOST_BYTES // 1_000_000} MB.")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            width, height = picture.size
            most = MOST_JPEG_PIXELS if picture.format == "JPEG" else MOST_PIXELS
            if width * height > most:
                raise CnnlabError(
                    f"{name} has {width} × {height} pixels: make it smaller than {most // 1_000_000} megapixels."
                )
            if side:
                picture.draft(None, (side, side))
            yield picture
    except CnnlabError:
        raise
    except UnidentifiedImageError as error:
        raise CnnlabError(
            f"{name} could not be read as a picture (it is none): save it as PNG or JPEG and try again."
        ) from error
    except Exception as error:  # decoders fail in many ways on a broken file
        raise CnnlabError(
            f"{name} could not be read as a picture ({first_line(error)}): save it as PNG or JPEG and try again."
        ) from error


def upright(picture: Image.Image) -> Image.Image:
    """The picture as it is looked at, in mode L, RGB, RGBA, I or F."""
    ImageOps.exif_transpose(picture, in_place=True)
    if picture.mode.startswith("I;"):
        picture = picture.convert("I")
    elif picture.mode in ("1", "LA", "P", "PA", "CMYK", "YCbCr", "LAB", "HSV"):
        plain = "L" if picture.mode == "1" else "RGB"
        picture = picture.convert("RGBA" if picture.has_transparency_data else plain)
    elif picture.mode in ("L", "RGB") and picture.has_transparency_data:
        picture = picture.convert("RGBA")
    return picture


def reduced(picture: Image.Image, factor: int) -> Image.Image:
    """An upright picture with each square of factor × factor pixels averaged to one; itself for a factor below 2."""
    if factor < 2:
        return picture
    # transparent pixels have a colour that nobody sees: it must not run into others
    weighed = picture.convert("RGBa") if picture.mode == "RGBA" else picture
    return weighed.reduce(factor).convert(picture.mode)
