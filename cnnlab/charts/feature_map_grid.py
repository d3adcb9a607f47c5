"""Pictures of feature maps, of the sum behind a pixel, and of which pixels mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from cnnlab.charts.mosaic import (
    Frame,
    Mosaic,
    Scale,
    Tile,
    columns_for,
    diverging,
    fitting,
    picture,
    sequential,
)
from cnnlab.charts.palette import CHOSEN

Place = tuple[str, int, int, int]  # layer, channel, row, column


def one_layer(layer: str, maps: np.ndarray, first: int, scale: Scale, chosen: Place | None) -> Mosaic:
    """Maps [C, H, W] of one layer, numbered from `first`, on one scale."""
    tiles = [_tile(layer, first + number, each, scale, chosen) for number, each in enumerate(maps)]
    columns = columns_for(len(tiles), maps.shape[2], maps.shape[1] + 3, ratio=2.3)
    return Mosaic(tiles, columns, f"Feature maps of {layer}", max_cell=24, max_height=430, hover="value")


def all_layers(layers: Mapping[str, np.ndarray], titles: Sequence[str], chosen: Place | None) -> Mosaic:
    """One row for each layer with its first maps, [n, H, W] each, titled by `titles`; every layer has its own scale."""
    columns = max(len(maps) for maps in layers.values())
    tiles: list[Tile] = []
    for layer, maps in layers.items():
        scale = fitting(maps, "")
        titled = not tiles
        row = [_tile(layer, number, each, scale, chosen, titled) for number, each in enumerate(maps)]
        tiles += row + [Tile(np.full((1, 1), np.nan), scale)] * (columns - len(row))
    return Mosaic(
        tiles,
        columns,
        "Feature maps of all layers",
        max_cell=6,
        max_height=720,
        gap=6,
        row_titles=list(titles),
        hover="value",
    )


def side_by_side(originals: np.ndarray, maps: np.ndarray, names: Sequence[str], layer: str) -> Mosaic:
    """One row for each image, [N, C, H, W] in 0..1, followed by its first maps of one layer, [N, n, h, w]."""
    scale = fitting(maps, f"value after {layer}")
    tiles = []
    for row, (original, name) in enumerate(zip(originals, names, strict=True)):
        tiles.append(picture(original, "image" if row == 0 else "", f"the {name}"))
        tiles += [
            Tile(each, scale, f"feature {number}" if row == 0 else "", f"the {name}, feature {number}")
            for number, each in enumerate(maps[row])
        ]
    label = f"Features of {layer} for {len(names)} images"
    return Mosaic(
        tiles, maps.shape[1] + 1, label, max_cell=6, max_height=700, gap=8, row_titles=list(names), hover="value"
    )


def digit(image: np.ndarray, name: str, window: tuple[int, int, int, int] | None = None) -> Mosaic:
    """One image [C, H, W] in 0..1, large, with the part that a pixel sees."""
    frames = [Frame(*window)] if window else []
    return Mosaic([picture(image, name=name, frames=frames)], 1, name, max_cell=10, max_height=300, hover="grey")


def sums(
    patches: np.ndarray, kernel: np.ndarray, products: np.ndarray, channel_sums: np.ndarray, names: Sequence[str]
) -> Mosaic:
    """A row an input channel: its patch × its slice of the kernel = the products, with their sum; [I, kh, kw] each."""
    scales = (fitting(patches, "patch"), diverging(kernel, "kernel"), diverging(products, "products"))
    tiles = []
    for row, name in enumerate(names):
        titles = ("patch", "kernel", "products") if row == 0 else ("", "", "")
        signs = ("×", "=", f"Σ {channel_sums[row]:+.3f}".replace("-", "−"))
        parts = (patches[row], kernel[row], products[row])
        tiles += [
            Tile(part, scale, title, f"{name} {what}".strip(), after=sign)
            for part, scale, title, what, sign in zip(
                parts, scales, titles, ("patch", "kernel", "product"), signs, strict=True
            )
        ]
    many = len(names) > 1
    return Mosaic(
        tiles,
        3,
        "The sum behind the pixel",
        max_cell=27 if many else 38,
        max_height=10_000,
        gap=10,
        row_titles=list(names) if many else (),
        numbers=True,
    )


def importance(image: np.ndarray, maps: Mapping[str, np.ndarray], label: str) -> Mosaic:
    """The image [C, H, W] in 0..1, and each method's map [H, W] laid over it, covering it where it is strong."""
    tiles = [picture(image, "image", "image")]
    below = image.transpose(1, 2, 0) if len(image) == 3 else image.mean(0)
    for method, values in maps.items():
        scale = (diverging if values.min() < 0 else sequential)(values, method)
        strength = np.abs(values) / scale.high
        tiles.append(Tile(values, scale, method, method, under=below * 0.6, veil=np.clip(1.5 * strength, 0, 0.9)))
    return Mosaic(tiles, len(tiles), label, max_cell=11, max_height=420, gap=14, hover="importance")


def _tile(
    layer: str, channel: int, values: np.ndarray, scale: Scale, chosen: Place | None, titled: bool = True
) -> Tile:
    title, name = str(channel) if titled else "", f"{layer}, map {channel}"
    if chosen is None or chosen[:2] != (layer, channel):
        return Tile(values, scale, title, name)
    _, _, row, col = chosen
    return Tile(values, scale, title, name, frames=[Frame(row, col, 1, 1)], border=CHOSEN)
