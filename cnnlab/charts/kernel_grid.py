"""Pictures of kernels, and of the digits that excite them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from cnnlab.charts.mosaic import Frame, Mosaic, Scale, Tile, columns_for, picture
from cnnlab.charts.palette import CHANNEL_NAMES, CHOSEN, WEAK


@dataclass(frozen=True)
class KernelLook:
    """How the kernels of a layer are drawn.

    scale: of all of them; chosen: the number of the one that was clicked; marked: numbers of those that need attention;
    label: what the picture shows.
    """

    scale: Scale
    label: str
    chosen: int
    marked: Collection[int] = ()

    def border(self, number: int) -> str:
        """The colour around kernel `number`, "" for none."""
        return CHOSEN if number == self.chosen else WEAK if number in self.marked else ""


def kernel_grid(kernels: np.ndarray, numbers: Sequence[int], look: KernelLook) -> Mosaic:
    """Kernels with one input channel, [O, kh, kw], numbered by `numbers`."""
    tiles = [
        Tile(kernel, look.scale, f"{number}", f"kernel {number}", border=look.border(number))
        for number, kernel in zip(numbers, kernels, strict=True)
    ]
    return Mosaic(
        tiles,
        columns_for(len(tiles), kernels.shape[2], kernels.shape[1]),
        look.label,
        max_cell=44,
        max_height=400,
        gap=14,
    )


def channel_grid(kernels: np.ndarray, inputs: Sequence[str], outputs: Sequence[int], look: KernelLook) -> Mosaic:
    """Kernels [O, I, kh, kw] as a grid.

    A row for each input channel, by its name, and a column for each output channel. Where the inputs are red, green
    and blue a first row shows each kernel as the coloured patch it likes most: a weight of zero is the middle grey.
    """
    as_colours = kernels / (2 * look.scale.high) + 0.5 if tuple(inputs) == CHANNEL_NAMES else kernels[:0]
    tiles = [
        picture(kernel, f"{output}", f"kernel {output} in colour", border=look.border(output))
        for output, kernel in zip(outputs, as_colours, strict=False)
    ]
    titled = not tiles
    tiles += [
        Tile(
            kernels[column, row],
            look.scale,
            f"{output}" if row == 0 and titled else "",
            f"{into} → output {output}",
            border=look.border(output),
        )
        for row, into in enumerate(inputs)
        for column, output in enumerate(outputs)
    ]
    few = len(outputs) <= 12
    return Mosaic(
        tiles,
        len(outputs),
        look.label,
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
    columns = columns_for(len(tiles), kernel.shape[2], kernel.shape[1], ratio=1.1)
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
