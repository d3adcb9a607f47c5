"""A network as a row of solid blocks: as high as its maps, as wide as it has channels. Drawn as SVG."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from html import escape
from typing import NamedTuple

from cnnlab.charts.palette import BLACK, BLUE, CHOSEN, GREEN, GREY, OCHRE, VIOLET, WHITE

FILL = {"input": GREY, "convolution": BLUE, "pooling": OCHRE, "linear": GREEN, "other": VIOLET}
LEAST_WIDTH = 1080  # of the picture
WRAP, LINE_WIDTH = 1490, 1240  # a wider one stands in rows, which may be so wide
HIGH = 170  # of the largest maps
HEIGHTS = (230, HIGH, 140, 110, 85, 60, 40)  # the same, to choose from where the room is given
MARGIN = 90  # by which a row may become wider than `Ruler.line`
WIDE_CHANNEL = 2.4  # of one channel, at most
CHANNELS_WIDTH = 560  # of all channels of a network together, at most
TO_SCALE = 64  # pixels: with larger maps heights grow with the root of the side, or the small ones would vanish
SLABS = 20  # of one column that are drawn
_DEPTH, _RISE = 0.30, 0.22  # of the side that goes back, as parts of the height
_GAP, _SLIT, _THIN, _BAR = 20, 2, 5, 16
_NUMBER, _TEXT, _LETTER = 20, 16, 8.1


@dataclass(frozen=True)
class Slab:
    """One layer that works. shape: of what it gives; name: what a click reports; tip: lines shown when hovering."""

    kind: str
    name: str
    shape: tuple[int, ...]
    tip: Sequence[str]


@dataclass(frozen=True)
class Column:
    """Slabs of one size, and the lines under them: their shape, large, and what the layers are."""

    slabs: Sequence[Slab]
    size: Sequence[str]
    words: Sequence[str]

    @property
    def drawn(self) -> Sequence[Slab]:
        """Those that fit."""
        return self.slabs[:SLABS]


@dataclass(frozen=True)
class Picture:
    """columns from input to output; arcs: ((column, slab), (column, slab)) of what skips the layers between."""

    columns: Sequence[Column]
    arcs: Sequence[tuple[tuple[int, int], tuple[int, int]]] = ()


@dataclass(frozen=True)
class Ruler:
    """What lengths mean, the same for all pictures that are compared.

    largest: side of the maps that are `high`; channel: pixels for each channel; longest: row of numbers that is as
    high; wrap: width from which a picture stands in rows, which are about as wide as `line` at most.
    """

    largest: int
    channel: float
    longest: int
    high: float = HIGH
    wrap: float = WRAP
    line: float = LINE_WIDTH

    @property
    def to_scale(self) -> bool:
        """Whether heights are in proportion to the maps' sides, not to their roots."""
        return self.largest <= TO_SCALE

    def size(self, shape: tuple[int, ...]) -> tuple[float, float]:
        """(width, height) of one slab. The height of a row of numbers grows with the logarithm of their count."""
        if len(shape) == 3:
            part = shape[1] / self.largest
            return max(_THIN, shape[0] * self.channel), max(
                _THIN, self.high * (part if self.to_scale else math.sqrt(part))
            )
        return _BAR, max(12.0, self.high * math.log(1 + shape[0]) / math.log(1 + self.longest))


class _Spot(NamedTuple):
    """Where a column stands, in pixels; the lines under its slabs stand below that height."""

    x: float
    top: float
    width: float
    height: float


class _Box(NamedTuple):
    """A slab, in pixels: the lower left corner of its front, its size, and how far its back is shifted."""

    x: float
    base: float
    width: float
    height: float
    depth: float
    rise: float


def ruler(pictures: Sequence[Picture]) -> Ruler:
    """One under which the largest of `pictures` fits."""
    drawn = [[slab.shape for column in picture.columns for slab in column.drawn] for picture in pictures]
    shapes = [shape for each in drawn for shape in each]
    channels = max(sum(shape[0] for shape in each if len(shape) == 3) for each in drawn)
    return Ruler(
        max(max(shape[1:], default=1) for shape in shapes),
        min(WIDE_CHANNEL, CHANNELS_WIDTH / max(1, channels)),
        max(shape[0] for shape in shapes if len(shape) == 1),
    )


def squeezed(pictures: Sequence[Picture], width: float, height: float) -> tuple[list[Picture], Ruler]:
    """The pictures, and a ruler under which all of them, one below the other, fit into width × height pixels.

    As high as can be, without the words under the shapes where there is no room for them; the lowest where none fits.
    """
    bare = [Picture([replace(each, words=()) for each in picture.columns], picture.arcs) for picture in pictures]
    plain = ruler(pictures)
    for shown in (list(pictures), bare):
        for high in HEIGHTS:
            scale = replace(plain, high=high, wrap=width, line=width - MARGIN)
            widest = max(natural_width(each, scale) for each in shown)
            if widest <= width and sum(_height(each, scale) for each in shown) <= height:
                return shown, scale
    return bare, replace(plain, high=HEIGHTS[-1], wrap=width, line=width - MARGIN)


def _height(picture: Picture, scale: Ruler) -> float:
    """How high `svg` makes it by itself."""
    slots = [_slot(column, scale) for column in picture.columns]
    return sum(_row_height(picture, row, scale) for row in _rows(slots, scale))


def _row_height(picture: Picture, row: Sequence[int], scale: Ruler) -> float:
    lines = max(len(picture.columns[n].words) for n in row)
    sizes = max(len(picture.columns[n].size) for n in row)
    return _above(picture, row) + _solids(picture, row, scale) + 14 + sizes * 22 + lines * 20 + 12


def _solids(picture: Picture, row: Sequence[int], scale: Ruler) -> float:
    return max(_tallest(picture.columns[n], scale) for n in row) * (1 + _RISE)


def _above(picture: Picture, row: Sequence[int]) -> int:
    return 52 if _arcs(picture, row) else 8


def _arcs(picture: Picture, row: Sequence[int]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    return [arc for arc in picture.arcs if arc[0][0] in row and arc[1][0] in row]


def svg(picture: Picture, scale: Ruler, label: str, chosen: str = "", width: float = 0) -> str:
    """The picture as SVG text of at least `width`; `chosen` names the slab that is outlined."""
    slots = [_slot(column, scale) for column in picture.columns]
    rows = _rows(slots, scale)
    width = max([width, LEAST_WIDTH, *(sum(slots[n] for n in row) for row in rows)])
    parts: list[str] = []
    anchors: dict[tuple[int, int], tuple[float, float]] = {}
    top = 0.0
    for row in rows:
        high, above = _solids(picture, row, scale), _above(picture, row)
        x = max(0.0, (width - sum(slots[n] for n in row)) / 2)
        for n in row:
            drawn, edges = _column(picture.columns[n], scale, _Spot(x, top + above, slots[n], high), chosen)
            parts += drawn
            anchors |= {(n, place): edge for place, edge in enumerate(edges)}
            x += slots[n]
        arcs = _arcs(picture, row)
        parts += [_arc(anchors[a], anchors[b]) for a, b in arcs if a in anchors and b in anchors]
        top += _row_height(picture, row, scale)
    return (
        f'<svg viewBox="0 0 {width:.0f} {top:.0f}" role="img" aria-label="{escape(label)}" '
        f'xmlns="http://www.w3.org/2000/svg">{"".join(parts)}</svg>'
    )


def natural_width(picture: Picture, scale: Ruler) -> float:
    """How wide `svg` makes it by itself."""
    slots = [_slot(column, scale) for column in picture.columns]
    return max([LEAST_WIDTH, *(sum(slots[n] for n in row) for row in _rows(slots, scale))])


def _rows(slots: Sequence[float], scale: Ruler) -> list[list[int]]:
    """Which columns stand in which row: one row while it can be read, else rows of about the same width."""
    total = sum(slots)
    target = total / (1 if total <= scale.wrap else math.ceil(total / scale.line))
    rows: list[list[int]] = [[]]
    before = 0.0
    for number, slot in enumerate(slots):
        if rows[-1] and before + slot / 2 > target * len(rows):
            rows.append([])
        rows[-1].append(number)
        before += slot
    return rows


def _tallest(column: Column, scale: Ruler) -> float:
    return max(scale.size(slab.shape)[1] for slab in column.drawn)


def _block(column: Column, scale: Ruler) -> float:
    """The width of the slabs and of the side that goes back."""
    widths = [scale.size(slab.shape)[0] for slab in column.drawn]
    last = column.drawn[-1].shape
    return sum(widths) + _SLIT * (len(widths) - 1) + _back(last, scale.size(last)[1])[0]


def _slot(column: Column, scale: Ruler) -> float:
    text = max([len(line) for line in column.words] + [len(line) * 1.25 for line in column.size]) * _LETTER
    return max(_block(column, scale), text) + _GAP


def _back(shape: tuple[int, ...], high: float) -> tuple[float, float]:
    return (high * _DEPTH, high * _RISE) if len(shape) == 3 else (5.0, 4.0)


def _column(column: Column, scale: Ruler, spot: _Spot, chosen: str) -> tuple[list[str], list[tuple[float, float]]]:
    """(SVG of the slabs and the lines under them, the middle of every slab's upper edge)."""
    middle = spot.x + spot.width / 2
    at, parts, anchors, outline = middle - _block(column, scale) / 2, [], [], ""
    for slab in column.drawn:
        width, height = scale.size(slab.shape)
        depth, rise = _back(slab.shape, height)
        base = spot.top + (spot.height + height + rise) / 2  # all blocks have their middle at one height
        box = _Box(at, base, width, height, depth, rise)
        anchors.append((at + width / 2 + depth / 2, base - height - rise / 2))
        parts.append(_solid(slab, box))
        if chosen and slab.name == chosen:
            outline = _frame(box)
        at += width + _SLIT
    parts.append(outline)  # over its neighbours
    y = spot.top + spot.height + 14 + _NUMBER
    for line in column.size:
        parts.append(_words(middle, y, line, f"font-size:{_NUMBER}px;font-weight:700"))
        y += 22
    for line in column.words:
        parts.append(_words(middle, y, line, f"font-size:{_TEXT}px"))
        y += 20
    return parts, anchors


def _solid(slab: Slab, box: _Box) -> str:
    """One box: the front, its top and its right side."""
    x, base, width, height, depth, rise = box
    top, right = base - height, x + width
    front = f"M{x:.1f},{base:.1f}V{top:.1f}H{right:.1f}V{base:.1f}Z"
    lid = f"M{x:.1f},{top:.1f}l{depth:.1f},{-rise:.1f}h{width:.1f}L{right:.1f},{top:.1f}Z"
    side = f"M{right:.1f},{top:.1f}l{depth:.1f},{-rise:.1f}v{height:.1f}L{right:.1f},{base:.1f}Z"
    return (
        f'<g class="slab" data-layer="{escape(slab.name)}"><title>{escape(chr(10).join(slab.tip))}</title>'
        f'<g fill="{FILL[slab.kind]}"><path d="{front}"/><path d="{lid}"/><path d="{side}"/></g>'
        f'<path d="{lid}" fill="{WHITE}" fill-opacity=".38"/><path d="{side}" fill="{BLACK}" fill-opacity=".30"/></g>'
    )


def _frame(box: _Box) -> str:
    """The outline of such a box."""
    x, base, width, height, depth, rise = box
    path = (
        f"M{x:.1f},{base:.1f}v{-height:.1f}l{depth:.1f},{-rise:.1f}h{width:.1f}v{height:.1f}l{-depth:.1f},{rise:.1f}Z"
    )
    return f'<path class="chosen" d="{path}" stroke="{CHOSEN}"/>'


def _words(x: float, y: float, text: str, style: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" style="{style}">{escape(text)}</text>'


def _arc(start: tuple[float, float], end: tuple[float, float]) -> str:
    """A bow over what is skipped, with an arrow head."""
    (x1, y1), (x2, y2) = start, end
    peak = min(y1, y2) - min(46.0, 16 + 0.12 * (x2 - x1))
    return (
        f'<path class="skip" d="M{x1:.1f},{y1:.1f}C{x1:.1f},{peak:.1f} {x2:.1f},{peak:.1f} {x2:.1f},{y2 - 5:.1f}"/>'
        f'<path class="head" d="M{x2 - 6:.1f},{y2 - 9:.1f}h12l-6,9Z"/>'
    )
