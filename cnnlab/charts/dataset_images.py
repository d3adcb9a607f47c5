"""Pictures of a data set: samples by class, averages, one image as its numbers, augmented images."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cnnlab.charts.mosaic import GREYS, Frame, Mosaic, Scale, Tile, diverging, picture, sequential

AROUND = 5  # pixels to every side of the chosen one that are drawn large


def samples(images: Sequence[Sequence[np.ndarray]], places: Sequence[np.ndarray], classes: Sequence[str]) -> Mosaic:
    """One row for each class with its samples, [C, H, W] in 0..1 each, at these places in the data set."""
    columns = max(1, *(len(row) for row in images))
    tiles = []
    for row, where, name in zip(images, places, classes, strict=True):
        drawn = [picture(image, "", f"{name}, image {place}") for image, place in zip(row, where, strict=True)]
        tiles += drawn + [_nothing()] * (columns - len(drawn))
    return Mosaic(
        tiles,
        columns,
        "Samples of each class",
        max_cell=3,
        max_height=640,
        gap=8,
        row_titles=list(classes),
        hover="grey",
    )


def averages(images: np.ndarray, classes: Sequence[str], what: str) -> Mosaic:
    """One image for each class, [K, C, H, W] in units of [0, 1]; what: what they are called."""
    tiles = [picture(image, name, f"{what} of {name}") for image, name in zip(images, classes, strict=True)]
    columns = 5 if len(tiles) <= 10 else 10
    return Mosaic(tiles, columns, f"{what} of each class", max_cell=7, max_height=480, gap=18, hover="grey")


def spreads(images: np.ndarray, classes: Sequence[str], what: str) -> Mosaic:
    """Where the images of each class differ, [K, H, W], on one scale."""
    scale = sequential(images, what)
    tiles = [Tile(image, scale, name, f"{what} of {name}") for image, name in zip(images, classes, strict=True)]
    return Mosaic(
        tiles,
        5 if len(tiles) <= 10 else 10,
        f"{what} of each class",
        max_cell=7,
        max_height=500,
        gap=18,
        hover="spread",
    )


def difference(first: np.ndarray, second: np.ndarray, names: tuple[str, str]) -> Mosaic:
    """Two average images [H, W] and what is left when the second is taken from the first."""
    left = first - second
    scale = diverging(left, f"red: more in {names[0]}, blue: more in {names[1]}")
    tiles = [
        Tile(first, GREYS, names[0], names[0], after="−"),
        Tile(second, GREYS, names[1], names[1], after="="),
        Tile(left, scale, "difference", "difference"),
    ]
    return Mosaic(tiles, 3, "The difference of two averages", max_cell=10, max_height=420, gap=14, hover="grey")


def one(
    image: np.ndarray, values: np.ndarray, scale: Scale, at: tuple[int, int], whole: bool, all_of_them: bool
) -> Mosaic:
    """An image [C, H, W] in 0..1 whose pixels stand for `values` [H, W], with a frame about the pixel `at`."""
    side = 2 * AROUND + 1
    row, col = _corner(values.shape, at)
    frames = [Frame(row, col, min(side, values.shape[0]), min(side, values.shape[1]))]
    below, veil = _below(image)
    tile = Tile(values, scale, frames=[] if all_of_them else frames, name="image", under=below, veil=veil)
    cell, height = (36, 1_200) if all_of_them else (18, 520)
    return Mosaic(
        [tile],
        1,
        "The image",
        max_cell=cell,
        max_height=height,
        numbers=all_of_them,
        hover="value",
        whole=whole,
    )


def around(image: np.ndarray, values: np.ndarray, scale: Scale, at: tuple[int, int], whole: bool) -> Mosaic:
    """The pixels about `at`, large, with their numbers in them; arguments as for `one`."""
    side = 2 * AROUND + 1
    row, col = _corner(values.shape, at)
    down, across = slice(row, row + side), slice(col, col + side)
    below, veil = _below(image[:, down, across])
    tile = Tile(
        values[down, across],
        scale,
        frames=[Frame(at[0] - row, at[1] - col, 1, 1)],
        name=f"from row {row}, column {col}",
        under=below,
        veil=veil,
    )
    return Mosaic(
        [tile], 1, "The numbers in the frame", max_cell=46, max_height=520, numbers=True, hover="value", whole=whole
    )


def varied(originals: np.ndarray, drawn: np.ndarray, names: Sequence[str]) -> Mosaic:
    """Images [N, C, H, W] above what augmentation made of them, [times, N, C, H, W], all in 0..1."""
    tiles = [picture(image, name, f"original {name}") for image, name in zip(originals, names, strict=True)]
    for number, row in enumerate(drawn):
        tiles += [picture(image, "", f"{name} in epoch {number + 1}") for image, name in zip(row, names, strict=True)]
    titles = ["original", *(f"epoch {number + 1}" for number in range(len(drawn)))]
    return Mosaic(
        tiles,
        len(names),
        "What augmentation makes of them",
        max_cell=4,
        max_height=640,
        gap=6,
        row_titles=titles,
        hover="grey",
    )


def _below(image: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
    """(under, veil) that draw a tile in the colours of its image where it has three channels, whatever its values."""
    return (image.transpose(1, 2, 0), np.zeros(image.shape[1:])) if len(image) == 3 else (None, None)


def _nothing() -> Tile:
    return Tile(np.full((1, 1), np.nan), GREYS)


def _corner(shape: tuple[int, ...], at: tuple[int, int]) -> tuple[int, int]:
    """Where a square of the size drawn large begins, so that it lies about `at` and within the image."""
    side = 2 * AROUND + 1
    row, col = (max(0, min(place - AROUND, size - side)) for place, size in zip(at, shape, strict=True))
    return row, col
