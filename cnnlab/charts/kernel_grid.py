"""Pictures of kernels, and of the digits that excite them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np

from cnnlab.charts.mosaic import Frame, Mosaic, Scale, Tile, columns_for, picture
from cnnlab.charts.palette import CHANNEL_NAMES, CHOSEN, WEAK


def kernel_grid(
    kernels: np.ndarray, numbers: Sequence[int], scale: Scale, chosen: int, marked: Collection[int], label: str
) -> Mosaic:
    """Kernels with one input channel, [O, kh, kw], numbered by `numbers`; those in `marked` stand out."""
    tiles = [
        Tile(kernel, scale, f"{number}", f"kernel {number}", border=_border(number, chosen, marked))
        for number, kernel in zip(numbers, kernels, strict=True)
    ]
    return Mosaic(tiles, columns_for(len(tiles), *kernels.shape[:0:-1]), label, max_cell=44, max_height=400, gap=14)


def channel_grid(
    kernels: np.ndarray,
    inputs: Sequence[str],
    outputs: Sequence[int],
    scale: Scale,
    chosen: int,
    marked: Collection[int],
    label: str,
) -> Mosaic:
    """Kernels [O, I, kh, kw] as a grid with a row an input channel, by its name, and a column an output channel.

    Where the inputs are red, green and blue a first row shows each kernel as the coloured patch it likes most: a weight
    of zero is the middle grey.
    """
    as_colours = kernels / (2 * scale.high) + 0.5 if tuple(inputs) == CHANNEL_NAMES else kernels[:0]
    tiles = [
        picture(kernel, f"{output}", f"kernel {output} in colour", border=_border(output, chosen, marked))
        for output, kernel in zip(outputs, as_colours, strict=False)
    ]
    titled = not tiles
    tiles += [
        Tile(
            kernels[column, row],
            scale,
            f"{output}" if row == 0 and titled else "",
            f"{into} → output {output}",
            border=_border(output, chosen, marked),
        )
        for row, into in enumerate(inputs)
        for column, output in enumerate(outputs)
    ]
    few = len(outputs) <= 12
    return Mosaic(
        tiles,
        len(outputs),
        label,
        max_cell=20,
        max_height=470,
        gap=8 if few else 4,
        row_titles=[*([] if titled else ["colour"]), *inputs],
    )


def slices(kernel: np.ndarray, inputs: Sequence[str], scale: Scale, label: str) -> Mosaic:
    """One kernel's slices [I, kh, kw], large, titled by what they look at where there are several."""
    tiles = [
        Tile(part, scale, into if len(inputs) > 1 else "", into) for into, part in zip(inputs, kernel, strict=True)
    ]
    columns = columns_for(len(tiles), *kernel.shape[:0:-1], ratio=1.1)
    return Mosaic(tiles, columns, label, max_cell=60, max_height=330, numbers=True)


def patches(
    images: np.ndarray, windows: Sequence[tuple[int, int, int, int]], titles: Sequence[str], label: str
) -> Mosaic:
    """Images [N, C, H, W] in 0..1, each with its patch outlined."""
    tiles = [
        picture(image, title, f"image {title}", [Frame(*window)])
        for image, window, title in zip(images, windows, titles, strict=True)
    ]
    return Mosaic(tiles, 5, label, max_cell=7, max_height=420, hover="grey")


def _border(number: int, chosen: int, marked: Collection[int]) -> str:
    return CHOSEN if number == chosen else WEAK if number in marked else ""
