"""A mosaic as an image: laid out as cnnlab.ui.components.pixel_grid draws it, in whole pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw

from cnnlab.charts.mosaic import Mosaic, Scale, Tile, coloured
from cnnlab.charts.palette import GREY, INK, ON_DARK, ON_LIGHT, PAPER
from cnnlab.common.text import with_minus
from cnnlab.films.lettering import Lettering, length

COLOURS = 256  # of a scale, as on the page
TITLE, LEGEND, SIGN, BAR, FONT = 24, 34, 34, 150, 17  # pixels
EDGE = 4  # kept free for borders
WRITTEN = 26  # pixels of a cell that its number fits into
GREYS = np.array((0.3, 0.59, 0.11))  # how bright red, green and blue are


class Spot(NamedTuple):
    """Where a tile is drawn: its upper left corner, and the side of its cells, in pixels."""

    x: int
    y: int
    cell: float


@dataclass(frozen=True)
class Layout:
    """spots: of the tiles, in their order; rows: the middle of each, from above; left: where tiles begin; scales: those
    that are stated below; size: (width, height). All in pixels.
    """

    spots: list[Spot]
    rows: list[float]
    left: int
    scales: list[Scale]
    size: tuple[int, int]


@dataclass(frozen=True)
class _Sheet:
    mosaic: Mosaic
    image: Image.Image
    pen: ImageDraw.ImageDraw
    letters: Lettering
    ink: str


def layout(mosaic: Mosaic, width: int) -> Layout:
    """At most about `width` pixels wide; cells are squares of whole pixels where there is room."""
    count = math.ceil(len(mosaic.tiles) / mosaic.columns)
    left = EDGE + max((math.ceil(length(title, FONT)) + 14 for title in mosaic.row_titles), default=0)
    sign = SIGN if any(tile.after for tile in mosaic.tiles) else 0
    gap = mosaic.gap + sign
    titled = [any(tile.title for tile in _row(mosaic, row)) * TITLE for row in range(count)]
    down, across = (max(tile.values.shape[axis] for tile in mosaic.tiles) for axis in (0, 1))
    scales = [scale for scale in dict.fromkeys(tile.scale for tile in mosaic.tiles) if scale.label]
    rest = sum(titled) + (count - 1) * mosaic.gap + LEGEND * len(scales) + 2 * EDGE
    wide = (width - left - EDGE - (mosaic.columns - 1) * gap - 3 * sign) / (mosaic.columns * across)
    cell = max(0.25, min(mosaic.max_cell, wide, max(1.0, (mosaic.max_height - rest) / (count * down))))
    cell = math.floor(cell) if cell >= 1 else cell
    spots, rows, top = [], [], float(EDGE)
    for row in range(count):
        top += titled[row]
        for column, tile in enumerate(_row(mosaic, row)):
            own = cell * min(across / tile.values.shape[1], down / tile.values.shape[0])
            spots.append(Spot(round(left + column * (across * cell + gap)), round(top), own))
        rows.append(top + down * cell / 2)
        top += down * cell + mosaic.gap
    tiles = mosaic.columns * (across * cell + gap) - gap + 3 * sign
    right = left + max(tiles, *(_long(scale) for scale in scales), 1) + EDGE
    return Layout(spots, rows, left, scales, (math.ceil(right), math.ceil(rest + count * down * cell)))


def drawn(mosaic: Mosaic, width: int, dark: bool) -> Image.Image:
    """The mosaic as RGB, in the place that `layout` gives it."""
    placed = layout(mosaic, width)
    image = Image.new("RGB", placed.size, PAPER[dark])
    sheet = _Sheet(mosaic, image, ImageDraw.Draw(image), Lettering(), INK[dark])
    for tile, spot in zip(mosaic.tiles, placed.spots, strict=True):
        _tile(sheet, tile, spot)
    for title, middle in zip(mosaic.row_titles, placed.rows, strict=False):
        sheet.letters.write(title, (0, middle), FONT, sheet.ink)
    for number, scale in enumerate(placed.scales):
        below = LEGEND * (len(placed.scales) - number) - LEGEND // 2
        _legend(sheet, scale, placed.left, image.height - below)
    sheet.letters.on(image)
    return image


def pixels(tile: Tile) -> np.ndarray:
    """The colours of a tile's cells, uint8 [H, W, 3]."""
    scale = tile.scale
    steps = np.linspace(scale.low, scale.high, COLOURS)
    table = coloured(steps[None], scale)[:, 0].T
    place = (np.nan_to_num(tile.values) - scale.low) / (scale.high - scale.low) * (COLOURS - 1)
    colours = table[np.floor(place + 0.5).clip(0, COLOURS - 1).astype(int)]
    if tile.under is None or tile.veil is None:
        return colours
    under = tile.under if tile.under.ndim == 3 else tile.under[:, :, None]
    cover = tile.veil[:, :, None]
    return (cover * colours + (1 - cover) * 255 * under).round().clip(0, 255).astype(np.uint8)


def _row(mosaic: Mosaic, row: int) -> list[Tile]:
    return list(mosaic.tiles[row * mosaic.columns : (row + 1) * mosaic.columns])


def _tile(sheet: _Sheet, tile: Tile, spot: Spot) -> None:
    there = ~np.isnan(tile.values)
    if not there.any():
        return
    x, y, cell = spot
    pen, colours = sheet.pen, pixels(tile)
    height, width = (max(1, round(side * cell)) for side in tile.values.shape)
    how = Image.Resampling.NEAREST if cell >= 1 else Image.Resampling.BOX
    mask = Image.fromarray(there.astype(np.uint8) * 255).resize((width, height), Image.Resampling.NEAREST)
    sheet.image.paste(Image.fromarray(colours).resize((width, height), how), (x, y), mask)
    if sheet.mosaic.numbers and cell >= WRITTEN:
        _numbers(sheet, tile, colours, spot)
    out = 3 if tile.border else 1
    pen.rectangle((x - out, y - out, x + width - 1 + out, y + height - 1 + out), None, tile.border or GREY, out)
    for frame in tile.frames:
        left, top = x + round(frame.col * cell), y + round(frame.row * cell)
        right, bottom = left + round(frame.width * cell), top + round(frame.height * cell)
        pen.rectangle((left - 2, top - 2, right + 1, bottom + 1), None, frame.colour, 3)
    sheet.letters.write(tile.title, (x + width / 2, y - TITLE / 2), FONT, sheet.ink, "middle")
    if len(tile.after) == 1:
        sheet.letters.write(tile.after, (x + width + SIGN / 2, y + height / 2), 26, sheet.ink, "middle")
    elif tile.after:
        sheet.letters.write(tile.after, (x + width + 10, y + height / 2), FONT + 1, sheet.ink)


def _numbers(sheet: _Sheet, tile: Tile, colours: np.ndarray, spot: Spot) -> None:
    size = min(16, math.floor(spot.cell * 0.38))
    for (row, col), value in np.ndenumerate(tile.values):
        if not np.isnan(value):
            ink = ON_LIGHT if colours[row, col] @ GREYS > 128 else ON_DARK
            place = (spot.x + (col + 0.5) * spot.cell, spot.y + (row + 0.5) * spot.cell)
            sheet.letters.write(_number(value, 0 if sheet.mosaic.whole else 2), place, size, ink, "middle")


def _number(value: float, digits: int) -> str:
    return with_minus(f"{value:.{digits}f}")


def _ends(scale: Scale) -> tuple[str, str]:
    return f"{scale.label}  {_number(scale.low, 2)}", _number(scale.high, 2)


def _long(scale: Scale) -> float:
    return sum(length(text, FONT) for text in _ends(scale)) + BAR + 30


def _legend(sheet: _Sheet, scale: Scale, left: float, middle: float) -> None:
    low, high = _ends(scale)
    bar = round(left + length(low, FONT) + 8)
    ramp = coloured(np.linspace(scale.low, scale.high, BAR)[None], scale).transpose(1, 2, 0)
    sheet.image.paste(Image.fromarray(ramp.repeat(16, 0)), (bar, round(middle) - 8))
    sheet.letters.write(low, (bar - 8, middle), FONT, sheet.ink, "end")
    sheet.letters.write(high, (bar + BAR + 8, middle), FONT, sheet.ink)
