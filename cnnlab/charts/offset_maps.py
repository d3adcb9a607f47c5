"""Pictures over offsets: how a network's answer depends on where the digit is, to click on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnlab.charts.mosaic import Frame, Mosaic, Scale, Tile, diverging, fitting, picture
from cnnlab.charts.palette import CHOSEN, SEQUENTIAL, SKY

SAFE = SKY  # the frame within which no ink is lost
ONE_MAP = "The map of one digit"
ROW = 24  # CSS pixels that a row needs for its title


def offset_map(
    values: np.ndarray,
    what: str,
    label: str,
    chosen: tuple[int, int] | None = None,
    safe: tuple[int, int, int, int] | None = None,
    height: int = 420,
) -> Mosaic:
    """Shares 0..1, [2·reach+1, 2·reach+1], rows downwards and columns to the right; the middle is no offset.

    what: the scale's name; chosen: the offset (dx, dy) to mark; safe: how many pixels to the left, right, up and down
    lose no ink, or None to draw no frame.
    """
    reach = len(values) // 2
    frames = []
    if safe:
        left, right, up, down = (min(side, reach) for side in safe)
        frames.append(Frame(reach - up, reach - left, up + down + 1, left + right + 1, SAFE))
    if chosen:
        frames.append(Frame(reach + chosen[1], reach + chosen[0], 1, 1, CHOSEN))
    tile = Tile(values, Scale(0.0, 1.0, SEQUENTIAL, what), name="row, column", frames=frames)
    return Mosaic([tile], 1, label, max_cell=30, max_height=height, hover=what)


def before_and_after(before: np.ndarray, after: np.ndarray, words: str) -> Mosaic:
    """Two images [C, H, W] in 0..1, one below the other."""
    tiles = [picture(before, "before", "before"), picture(after, words, "after")]
    return Mosaic(tiles, 1, "The image before and after", max_cell=7, max_height=430, gap=10, hover="grey")


def maps_before_and_after(
    before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray], most: int
) -> tuple[Mosaic, ...]:
    """For every layer, its first `most` maps [C, H, W] before, after, and the difference; each layer has its scale."""
    return tuple(_layer(name, before[name][:most], after[name][:most]) for name in before)


def strip(images: Sequence[np.ndarray], titles: Sequence[str], label: str, height: int = 150) -> Mosaic:
    """Images [C, H, W] in 0..1 in one row."""
    tiles = [picture(image, title, title) for image, title in zip(images, titles, strict=True)]
    return Mosaic(tiles, len(tiles), label, max_cell=6, max_height=height, gap=6, hover="grey")


def read_as(images: Sequence[np.ndarray], rows: Sequence[tuple[str, Sequence[str]]]) -> Mosaic:
    """The same images [C, H, W] in 0..1 in every row (name, what each is read as, written above it)."""
    tiles = [
        picture(image, answer, f"{name}: {answer}")
        for name, answers in rows
        for image, answer in zip(images, answers, strict=True)
    ]
    names = [name for name, _ in rows] if len(rows) > 1 else ()
    return Mosaic(
        tiles,
        len(images),
        "One image in eight directions",
        max_cell=6,
        max_height=520,
        gap=8,
        row_titles=names,
        hover="grey",
    )


def _layer(name: str, before: np.ndarray, after: np.ndarray) -> Mosaic:
    values = fitting(np.stack((before, after)), f"value after {name}")
    change = diverging(after - before, "after − before")
    rows = (("before", before, values), ("after", after, values), ("difference", after - before, change))
    tiles = [
        Tile(each, scale, str(number) if title == "before" else "", f"{name}, map {number}, {title}")
        for title, maps, scale in rows
        for number, each in enumerate(maps)
    ]
    return Mosaic(
        tiles,
        len(before),
        f"{name} before and after",
        max_cell=max(8, ROW // before.shape[1]),
        max_height=430,
        row_titles=[title for title, _, _ in rows],
        hover="value",
    )
