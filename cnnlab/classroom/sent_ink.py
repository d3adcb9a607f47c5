"""The ink of a canvas as it is sent: a byte a pixel, packed as zlib does where the browser can."""

from __future__ import annotations

import zlib

import numpy as np

from cnnlab.errors import CnnlabError

MOST_BYTES = 200_000  # as sent: noise all over the draw page's canvas just fits
LONGEST_SIDE = 1_024  # pixels of a canvas


def decode(body: bytes, width: str | None, height: str | None, *, packed: bool = True) -> np.ndarray:
    """The ink, uint8 [height, width], in bytes that are compressed if `packed`. Raises CnnlabError for all else."""
    sides = [_side("width", width), _side("height", height)]
    size = sides[0] * sides[1]
    ink = _unpacked(body, size + 1) if packed else body
    if len(ink) != size:
        raise CnnlabError(f"The drawing has {len(ink):,} bytes or more: {sides[0]} × {sides[1]} pixels have {size:,}.")
    return np.frombuffer(ink, np.uint8).reshape(sides[1], sides[0])


def _unpacked(body: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(body, most)
    except zlib.error:
        raise CnnlabError("The drawing cannot be unpacked: it must be compressed as zlib does.") from None


def _side(name: str, value: str | None) -> int:
    if value is None or not (value.isascii() and value.isdecimal()) or not 1 <= int(value[:5]) <= LONGEST_SIDE:
        raise CnnlabError(f"The {name} is {value!r}: it must be a whole number from 1 to {LONGEST_SIDE}.")
    return int(value)
