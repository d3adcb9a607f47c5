"""Strips of small pictures: how a drawing was prepared, what each layer made of it, and a gallery of drawings."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image

from cnnlab.charts.mosaic import GREYS, Frame, Link, Mosaic, Scale, Tile, fitting, picture
from cnnlab.charts.palette import RIGHT, SEQUENTIAL, WRONG

FAINTEST = 0.04  # of the strongest line: weaker ones are not drawn
SHOWN_SIDE = 84  # a preparation picture is sent to the browser no larger than this


def preparation(stages: Sequence[tuple[str, np.ndarray]]) -> Mosaic:
    """The pictures of a preparation, uint8 [h, w] each, with their captions."""
    tiles = [
        Tile(_small(stage) / 255, GREYS, caption, caption, after="→" if number < len(stages) - 1 else "")
        for number, (caption, stage) in enumerate(stages)
    ]
    return Mosaic(tiles, len(tiles), "How the drawing was prepared", max_cell=7, max_height=190, gap=26, hover="ink")


def layer_strip(
    layers: Sequence[tuple[str, np.ndarray]],
    outputs: Sequence[float],
    classes: Sequence[str],
    most: int,
    added: np.ndarray | None = None,
) -> Mosaic:
    """One row for each layer with its `most` strongest maps, leading to a row with the outputs.

    layers: (title, float [C, H, W]); outputs: a probability for each class; added: what each of the last layer's maps
    adds to each logit, [K, C], drawn as lines from it.
    """
    columns = max(min(most, max((len(maps) for _, maps in layers), default=1)), len(classes))
    tiles: list[Tile] = []
    shown = np.arange(0)
    for title, maps in layers:
        scale = fitting(maps, "")
        shown = np.sort(np.argsort(-np.abs(maps).mean((1, 2)), kind="stable")[:columns])
        row = [Tile(maps[k], scale, "", f"{title}, map {k}") for k in shown]
        tiles += row + [_nothing()] * (columns - len(row))
    links = [] if added is None or not len(shown) else _links(added[:, shown], len(tiles) - columns, len(tiles))
    probability = Scale(0.0, 1.0, SEQUENTIAL)
    tiles += [
        Tile(np.array([[p]]), probability, name, f"output {name}") for name, p in zip(classes, outputs, strict=True)
    ]
    tiles += [_nothing()] * (columns - len(classes))
    titles = [f"{title} · {len(maps)} of {'×'.join(map(str, maps.shape[1:]))}" for title, maps in layers]
    titles.append(f"{len(classes)} outputs")
    return Mosaic(
        tiles,
        columns,
        "Feature maps layer by layer",
        max_cell=4,
        max_height=900,
        gap=6,
        row_titles=titles,
        hover="activation",
        links=links,
    )


def _links(added: np.ndarray, first_map: int, first_output: int) -> list[Link]:
    """A line for each of `added`, [K, C], that can be seen beside the strongest."""
    strength = added / max(float(np.abs(added).max()), 1e-12)
    return [
        Link(first_map + c, first_output + k, float(strength[k, c]))
        for k, c in np.argwhere(np.abs(strength) >= FAINTEST).tolist()
    ]


def _nothing() -> Tile:
    return Tile(np.full((1, 1), np.nan), GREYS)


def gallery(images: np.ndarray, titles: Sequence[str], right: Sequence[bool], columns: int = 12) -> Mosaic:
    """Drawings, uint8 [N, 28, 28], with a ✓ or ✗ before their titles and a border of the same meaning."""
    tiles = [
        Tile(
            image / 255,
            GREYS,
            f"{'✓' if good else '✗'} {title}",
            title,
            border=RIGHT if good else WRONG,
            frames=[] if good else [Frame(0, 0, 28, 28, WRONG)],
        )
        for image, title, good in zip(images, titles, right, strict=True)
    ]
    return Mosaic(
        tiles, min(columns, max(6, len(tiles))), "Our drawings", max_cell=4, max_height=900, gap=10, hover="ink"
    )


def nearest_images(found: Sequence[tuple[np.ndarray, str]]) -> Mosaic:
    """Training images, uint8 [1, h, w] each, with the names of their classes."""
    tiles = [picture(image / 255, name, f"a training image of {name}") for image, name in found]
    return Mosaic(tiles, len(tiles), "The nearest training images", max_cell=2, max_height=110, gap=8, hover="ink")


def _small(image: np.ndarray) -> np.ndarray:
    if max(image.shape) <= SHOWN_SIDE:
        return image
    reduced = Image.fromarray(image)
    reduced.thumbnail((SHOWN_SIDE, SHOWN_SIDE), Image.Resampling.BOX)
    return np.asarray(reduced)
