"""A network as a row of shapes from input to output."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import altair as alt
import pandas as pd

from cnnlab.charts.palette import BLUE, GREY, QUIET

PER_ROW = 10  # at most
ROW_HEIGHT = 290
LARGEST = 84  # side of the largest drawn square in pixels
_BAR = "M-0.14,-1H0.14V1H-0.14Z"  # a vector, as a Vega symbol path
PLAIN, WEIGHTED = GREY, BLUE
LINE = 19


def shape_row(
    shapes: Sequence[tuple[int, ...]], layers: Sequence[Sequence[str]], parameters: Sequence[int]
) -> alt.LayerChart:
    """The stops of the data: a square is a stack of maps, a bar a vector, in the size of their sides.

    layers: what led to each shape, one line for each layer; parameters: of those layers together; shapes with any
    are blue.
    """
    most = max(len(lines) for lines in layers)
    widest = max(shape[-1] for shape in shapes if len(shape) == 3)
    longest = max([shape[0] for shape in shapes if len(shape) == 1], default=1)
    across = math.ceil(len(shapes) / math.ceil(len(shapes) / PER_ROW))
    rows = pd.DataFrame(
        {
            "x": [number % across for number in range(len(shapes))],
            "y": [number // across for number in range(len(shapes))],
            "kind": ["maps" if len(shape) == 3 else "vector" for shape in shapes],
            "area": [_area(shape, widest, longest) for shape in shapes],
            "shape": ["×".join(map(str, shape)) for shape in shapes],
            "layers": ["\n".join([" "] * (most - len(lines)) + list(lines)) for lines in layers],
            "parameters": [f"{count:,}" if count else "" for count in parameters],
            "weighted": [bool(count) for count in parameters],
        }
    )
    down = rows["y"].max() + 1
    base = alt.Chart(rows).encode(
        x=alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.5, across - 0.5], nice=False)),
        y=alt.Y("y:Q", axis=None, scale=alt.Scale(domain=[down - 0.5, -0.5], nice=False)),
    )
    symbols = base.encode(
        size=alt.Size("area:Q", scale=None),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=["maps", "vector"], range=["square", _BAR]), legend=None),
        color=alt.Color("weighted:N", scale=alt.Scale(domain=[False, True], range=[PLAIN, WEIGHTED]), legend=None),
        tooltip=["layers:N", "shape:N", "parameters:N"],
    )
    stacked = symbols.transform_filter("datum.kind == 'maps'")
    text: dict[str, Any] = {"color": QUIET, "lineBreak": "\n", "fontSize": 16}
    return (
        alt.layer(
            stacked.mark_point(filled=True, opacity=0.35, xOffset=9, yOffset=-9),
            stacked.mark_point(filled=True, opacity=0.6, xOffset=4.5, yOffset=-4.5),
            symbols.mark_point(filled=True, opacity=1),
            base.mark_text(dy=-62 - LINE * (most - 1), baseline="bottom", lineHeight=LINE, **text).encode(
                text="layers:N"
            ),
            base.mark_text(dy=62, **(text | {"fontSize": 18, "fontWeight": "bold"})).encode(text="shape:N"),
            base.mark_text(dy=86, **text).encode(text="parameters:N"),
        )
        .properties(height=ROW_HEIGHT * down)
        .configure_view(stroke=None)
    )


def _area(shape: tuple[int, ...], widest: int, longest: int) -> float:
    """Square pixels of the symbol: the side of a square as the maps' side, the height of a bar as the logarithm."""
    if len(shape) == 3:
        return (LARGEST * max(0.06, shape[-1] / widest)) ** 2
    return (LARGEST * max(0.15, math.log(1 + shape[0]) / math.log(1 + longest))) ** 2
