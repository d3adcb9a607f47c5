"""An architecture as a picture of blocks, in words and as a table."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cnnlab.charts import block_diagram
from cnnlab.charts.block_diagram import Column, Picture, Ruler, Slab
from cnnlab.common.text import dimensions
from cnnlab.inspection.architecture import OTHER, Architecture, Block, role
from cnnlab.inspection.layer_summary import Layer, Stop
from cnnlab.ui.state import presenting

SHORT = {
    "convolution": "conv",
    "max pooling": "max pool",
    "average pooling": "avg pool",
    "batch norm": "BN",
    "input adapter": "resize",
    "LeakyReLU": "leaky ReLU",
}
UNNAMED = ("normalise", "addition")  # of what follows a layer: the arcs show the additions


def picture(found: Architecture) -> Picture:
    """The blocks, with an arc for every shortcut."""
    columns = [_column(found, number, block) for number, block in enumerate(found.blocks)]
    arcs = [(found.place(each.start), found.place(each.end)) for each in found.shortcuts]
    return Picture(columns, [(start, end) for start, end in arcs if start and end])


def laid_out(pictures: Sequence[Picture], height: float = 560) -> tuple[Sequence[Picture], Ruler, float]:
    """(the pictures, their ruler, the least width of each); while this tab presents, they fit into that height."""
    if presenting.on():
        return *block_diagram.squeezed(pictures, presenting.WIDTH, height), presenting.WIDTH
    scale = block_diagram.ruler(pictures)
    return pictures, scale, max(block_diagram.natural_width(each, scale) for each in pictures)


def _column(found: Architecture, number: int, block: Block) -> Column:
    if not number:
        channels = block.shape[0]
        size = ["grey image" if channels == 1 else f"{channels} colours", _side(block.shape)]
        slab = Slab("input", "", block.shape, ["the image", dimensions(block.shape)])
        return Column([slab], size, [SHORT.get(layer.kind, layer.kind) for layer in block.stops[0].layers])
    counts = sorted({stop.shape[0] for stop in block.stops})
    count = f"{counts[0]:,}" if len(counts) == 1 else f"{counts[0]:,}–{counts[-1]:,}"
    size = [f"{count} maps", _side(block.shape)] if len(block.shape) == 3 else [count]
    if number == len(found.blocks) - 1:
        size = [f"{count} classes"]
    return Column([_slab(found, stop) for stop in block.stops], size, _words(block))


def _words(block: Block) -> list[str]:
    """The lines under a block: what its layers are, and how many weights they have."""
    mains = Counter(_short(stop.layers[0]) for stop in block.stops)
    lines = []
    for words, count in mains.items():
        first, *more = words.split(", ")
        lines += [f"{count}× {first}" if count > 1 else first, *more]
    rest = dict.fromkeys(SHORT.get(layer.kind, layer.kind) for stop in block.stops for layer in stop.layers[1:])
    said = [kind for kind in rest if kind not in UNNAMED and kind not in mains]
    lines += [("+ " if not at else "") + ", ".join(said[at : at + 2]) for at in range(0, len(said), 2)]
    return [*lines, f"{short(block.parameters)} weights"] if block.parameters else lines


def _short(layer: Layer) -> str:
    plain = layer.detail if role(layer) != OTHER else ""
    return f"{SHORT.get(layer.kind, layer.kind)} {plain}".strip()


def _slab(found: Architecture, stop: Stop) -> Slab:
    main = stop.layers[0]
    tip = [f"{layer.name}: {layer.kind} {layer.detail}".strip() for layer in stop.layers]
    tip += [dimensions(main.shape), f"{stop.parameters:,} parameters"]
    tip.append(f"{sum(layer.multiplications for layer in stop.layers):,} multiply-adds")
    if len(main.shape) == 3:
        tip.append(f"each unit sees {sees(found, main.name)}")
    return Slab(role(main), main.name, main.shape, tip)


def _side(shape: tuple[int, ...]) -> str:
    return f"{shape[1]}×{shape[2]}"


def sees(found: Architecture, layer: str) -> str:
    """The receptive field of the layer's units, "14×14"."""
    seen = found.seen.get(layer)
    if seen is None:
        return "–"
    height, width = found.image_shape[1:]
    if seen.size is None:
        return f"all {height}×{width}"
    return "×".join(f"{math.ceil(side - 1e-9)}" for side in seen.size)


def short(count: int) -> str:
    """A large number in a few letters: 416, 12.8 k, 3.1 M, 15.5 G."""
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e3, " k")):
        if count >= size:
            value = count / size
            return f"{value:.0f}{letter}" if value >= 100 else f"{value:.1f}{letter}"
    return str(count)


def table(found: Architecture) -> None:
    """Draw a table with a row for every layer."""
    layers = found.layers
    st.dataframe(
        pd.DataFrame(
            {
                "layer": [layer.name for layer in layers],
                "what it does": [f"{layer.kind} {layer.detail}".strip() for layer in layers],
                "output": [dimensions(layer.shape) for layer in layers],
                "parameters": [layer.parameters for layer in layers],
                "multiply-adds": [layer.multiplications for layer in layers],
                "a unit sees": [sees(found, layer.name) for layer in layers],
            }
        ),
        hide_index=True,
        column_config={
            name: st.column_config.NumberColumn(format="localized") for name in ("parameters", "multiply-adds")
        },
    )
