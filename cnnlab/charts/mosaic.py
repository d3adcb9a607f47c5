"""Many small maps as one picture: what to draw, for whatever draws it (cnnlab.ui.components.pixel_grid does)."""

from __future__ import annotations

import base64
import math
import zlib
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any

import numpy as np

from cnnlab.charts.palette import CHOSEN, DIVERGING, GREYSCALE, SEQUENTIAL


@dataclass(frozen=True)
class Scale:
    """How values become colours, linearly from low to high; stated below the picture if it has a label."""

    low: float
    high: float
    colours: tuple[str, ...]
    label: str = ""


def coloured(values: np.ndarray, scale: Scale) -> np.ndarray:
    """float [H, W] in the colours of `scale`, between which it goes evenly: uint8 [3, H, W]."""
    stops = np.array([[int(colour[at : at + 2], 16) for at in (1, 3, 5)] for colour in scale.colours], float)
    place = np.clip((values - scale.low) / (scale.high - scale.low), 0, 1) * (len(stops) - 1)
    at = np.arange(len(stops))
    return np.stack([np.interp(place, at, stops[:, channel]) for channel in range(3)]).round().astype(np.uint8)


def diverging(values: np.ndarray, label: str) -> Scale:
    """White at zero, blue below, red above, symmetric about zero so that equal strengths look equally strong."""
    limit = _largest(np.abs(values))
    return Scale(-limit, limit, DIVERGING, label)


def sequential(values: np.ndarray, label: str) -> Scale:
    """From black at zero to bright at the largest value."""
    return Scale(0.0, _largest(values), SEQUENTIAL, label)


def fitting(values: np.ndarray, label: str) -> Scale:
    """`diverging` where there are negative values, else `sequential`."""
    return diverging(values, label) if np.nanmin(values) < 0 else sequential(values, label)


GREYS = Scale(0.0, 1.0, GREYSCALE)


@dataclass(frozen=True)
class Frame:
    """A rectangle drawn over a tile, in its pixels; it may reach past the border."""

    row: int
    col: int
    height: int
    width: int
    colour: str = CHOSEN


@dataclass(frozen=True)
class Link:
    """A line from the lower edge of the tile `start` down to the tile `end`; strength -1..1, weak ones are faint."""

    start: int
    end: int
    strength: float


@dataclass(frozen=True)
class Tile:
    """One map. values: [H, W], NaN where there is nothing; name: what a pixel's hover calls it; title: above it.

    veil: [H, W], 0..1, how much of the colours covers the picture `under`, in 0..1, [H, W] grey or [H, W, 3] red, green
    and blue; None for no picture.
    border: a colour around the whole tile; after: a large sign between this tile and the next.
    """

    values: np.ndarray
    scale: Scale
    title: str = ""
    name: str = ""
    frames: Sequence[Frame] = ()
    border: str = ""
    under: np.ndarray | None = None
    veil: np.ndarray | None = None
    after: str = ""


def picture(image: np.ndarray, title: str = "", name: str = "", frames: Sequence[Frame] = (), border: str = "") -> Tile:
    """An image in 0..1 as people see it: [H, W] or [1, H, W] grey, [3, H, W] in its colours; the hover says the mean.

    With another number of channels it is drawn grey, by their mean.
    """
    if image.ndim == 2 or len(image) != 3:
        grey = image if image.ndim == 2 else image.mean(0)
        return Tile(grey, GREYS, title, name, frames, border)
    colours = image.transpose(1, 2, 0)
    veil = np.zeros(colours.shape[:2])
    return Tile(colours.mean(2), GREYS, title, name, frames, border, under=colours, veil=veil)


@dataclass(frozen=True)
class Mosaic:
    """Tiles in rows of `columns`, all drawn equally large however many pixels they have.

    label: what it shows, for those who cannot see it; max_cell: of a pixel of the tile with the most, max_height: of
    the whole, both in CSS pixels; row_titles: to the left of the rows; numbers: write the values into the cells where
    they fit; hover: what a pixel's value is called; whole: the values are whole numbers; links: lines between the last
    two rows.
    """

    tiles: Sequence[Tile]
    columns: int
    label: str
    _: KW_ONLY
    max_cell: int = 24
    max_height: int = 460
    gap: int = 8
    row_titles: Sequence[str] = ()
    numbers: bool = False
    hover: str = ""
    whole: bool = False
    links: Sequence[Link] = ()

    def payload(self) -> dict[str, Any]:
        """Everything as JSON: values as base64 of little-endian float32, tile after tile."""
        values = np.concatenate([tile.values.ravel() for tile in self.tiles])
        scales = list(dict.fromkeys(tile.scale for tile in self.tiles))
        content = {
            "label": self.label,
            "columns": self.columns,
            "maxCell": self.max_cell,
            "maxHeight": self.max_height,
            "gap": self.gap,
            "rowTitles": list(self.row_titles),
            "numbers": self.numbers,
            "hover": self.hover,
            "whole": self.whole,
            "links": [[link.start, link.end, round(link.strength, 3)] for link in self.links],
            "linkColours": [DIVERGING[-2], DIVERGING[1]],
            "scales": [
                {"low": scale.low, "high": scale.high, "colours": scale.colours, "label": scale.label}
                for scale in scales
            ],
            "tiles": [
                {
                    "height": tile.values.shape[0],
                    "width": tile.values.shape[1],
                    "scale": scales.index(tile.scale),
                    "title": tile.title,
                    "name": tile.name or tile.title,
                    "frames": [[f.row, f.col, f.height, f.width, f.colour] for f in tile.frames],
                    "border": tile.border,
                    "after": tile.after,
                    "under": _base64(tile.under),
                    "veil": _base64(tile.veil),
                }
                for tile in self.tiles
            ],
            "values": _base64(values),
        }
        return {**content, "revision": f"{zlib.crc32(repr(content).encode()):08x}"}


def columns_for(count: int, width: int, height: int, ratio: float = 2.6) -> int:
    """How many columns show `count` tiles of width × height large in a place `ratio` times as wide as high.

    Of the numbers that make the tiles at least three quarters as large as can be, the one with the fewest empty places.
    """
    sizes = {
        columns: min(ratio / (columns * width), 1 / (math.ceil(count / columns) * height))
        for columns in range(1, count + 1)
    }
    good = [columns for columns, size in sizes.items() if size >= 0.75 * max(sizes.values())]
    return min(good, key=lambda columns: (-count % columns, -sizes[columns]))


def _largest(values: np.ndarray) -> float:
    largest = float(np.nanmax(values)) if values.size else 0.0
    return largest if largest > 0 else 1.0


def _base64(values: np.ndarray | None) -> str | None:
    return None if values is None else base64.b64encode(values.astype("<f4").tobytes()).decode()
