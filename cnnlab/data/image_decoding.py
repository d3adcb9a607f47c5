"""Decode any picture to pixels of a given size."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from cnnlab.data.drawing.photographs import FORMATS, MOST_BYTES, MOST_PIXELS
from cnnlab.errors import CnnlabError

_TURNED = range(5, 9)  # values of EXIF's orientation for a picture that lies on its side
_ORIENTATION = 274


def size_of(content: bytes, name: str) -> tuple[int, int]:
    """(height, width) of a picture as it is looked at, from its header. Raises as `decoded`."""
    with _Reading(content, name) as picture:
        width, height = picture.size
        return (width, height) if picture.getexif().get(_ORIENTATION) in _TURNED else (height, width)


def decoded(content: bytes, name: str, height: int, width: int) -> np.ndarray:
    """A PNG, JPEG, WEBP, BMP or GIF as uint8 [3, height, width], scaled and cropped around its middle to that size.

    Transparent parts become white, grey ones have three equal channels. Raises CnnlabError naming `name` for a file
    that is no picture, damaged, cut short or too large.
    """
    with _Reading(content, name) as picture:
        picture.draft("RGB", (2 * width, 2 * height))  # lets the JPEG decoder skip detail that would be thrown away
        picture = ImageOps.exif_transpose(picture)
        if picture.has_transparency_data:
            picture = picture.convert("RGBA")
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        if picture.mode.startswith("I"):  # 16 bits a pixel
            picture = Image.fromarray((np.asarray(picture, np.float64) / 257).clip(0, 255).astype(np.uint8))
        picture = picture.convert("RGB")
        if picture.size != (width, height):
            picture = ImageOps.fit(picture, (width, height), Image.Resampling.LANCZOS)
        return np.asarray(picture).transpose(2, 0, 1)


def fitted(content: bytes, name: str, shape: tuple[int, int, int]) -> np.ndarray:
    """A picture as a network with this input wants it, uint8 [C, H, W], C 1 or 3. Raises as `decoded`."""
    channels, height, width = shape
    colours = decoded(content, name, height, width)
    if channels == colours.shape[0]:
        return colours.copy()
    return np.asarray(Image.fromarray(colours.transpose(1, 2, 0)).convert("L"))[None].copy()


class _Reading:
    """Opens a picture; any error that a decoder raises on a broken file becomes one sentence."""

    def __init__(self, content: bytes, name: str):
        self.content, self.name = content, name

    def __enter__(self) -> Image.Image:
        if len(self.content) > MOST_BYTES:
            raise CnnlabError(f"{self.name} is too large a file: make it smaller than {MOST_BYTES // 1_000_000} MB.")
        try:
            self.picture = Image.open(io.BytesIO(self.content), formats=FORMATS)
        except Exception as error:
            raise self._refusal(error) from error
        width, height = self.picture.size
        if width * height > MOST_PIXELS:
            self.picture.close()
            raise CnnlabError(
                f"{self.name} has {width} × {height} pixels: at most {MOST_PIXELS // 1_000_000} megapixels can be read."
            )
        return self.picture

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        self.picture.close()
        if isinstance(error, Exception) and not isinstance(error, CnnlabError):
            raise self._refusal(error) from error

    def _refusal(self, error: Exception) -> CnnlabError:
        unknown = isinstance(error, UnidentifiedImageError)
        reason = "it is none" if unknown else (str(error) or type(error).__name__).splitlines()[0]
        return CnnlabError(f"{self.name} could not be read as a picture ({reason}): repair it or take it out.")
