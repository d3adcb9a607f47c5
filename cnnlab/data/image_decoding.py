"""Decode any picture to pixels of a given size."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageOps

from cnnlab.data.picture_files import opened, reduced, upright

REDUCED = 4  # times the size wanted: more than that is averaged first, and only then looked at closely
_TURNED = range(5, 9)  # values of EXIF's orientation for a picture that lies on its side
_ORIENTATION = 274


def size_of(content: bytes, name: str) -> tuple[int, int]:
    """(height, width) of a picture as it is looked at, from its header. Raises as `decoded`."""
    with opened(content, name) as picture:
        width, height = picture.size
        return (width, height) if picture.getexif().get(_ORIENTATION) in _TURNED else (height, width)


def decoded(content: bytes, name: str, height: int, width: int) -> np.ndarray:
    """A PNG, JPEG, WEBP, BMP or GIF as uint8 [3, height, width], scaled and cropped around its middle to that size.

    Transparent parts become white, grey ones have three equal channels. Raises CnnlabError naming `name` for a file
    that is no picture, damaged, cut short or too large.
    """
    with opened(content, name, 2 * max(height, width)) as file:
        picture = upright(file)
        picture = reduced(picture, min(picture.width // width, picture.height // height) // REDUCED)
        if picture.mode == "RGBA":
            picture = Image.alpha_composite(Image.new("RGBA", picture.size, "white"), picture)
        if picture.mode in ("I", "F"):  # 16 bits a pixel
            picture = Image.fromarray((np.asarray(picture, np.float32) / 257).clip(0, 255).astype(np.uint8))
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
