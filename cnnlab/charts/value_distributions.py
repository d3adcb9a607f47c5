"""How values are distributed, untrained against now, and which channels are silent."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.mosaic import Mosaic, Tile, sequential
from cnnlab.charts.palette import GREY, ORANGE, WEAK

THEN, NOW = GREY, ORANGE
WIDTH, HEIGHT, PER_ROW = 195, 130, 4


def distributions(
    layers: Sequence[str], edges: Sequence[np.ndarray], shares: Sequence[dict[str, np.ndarray]], title: str
) -> alt.FacetChart:
    """A small chart a layer: the share of its values by value, one area a state; every layer has its own axes.

    Heights are square roots: most values lie near zero, and the few others are what training made.
    """
    frames = [
        pd.DataFrame({"layer": layer, "state": state, "value": (edge[1:] + edge[:-1]) / 2, "share": values})
        for layer, edge, states in zip(layers, edges, shares, strict=True)
        for state, values in states.items()
    ]
    states = list(shares[0])
    return (
        alt.Chart(pd.concat(frames, ignore_index=True))
        .mark_area(opacity=0.55, interpolate="step", line=True)
        .encode(
            x=alt.X("value:Q", title=None, axis=alt.Axis(tickCount=4)),
            y=alt.Y("share:Q", title=None, axis=None, stack=None, scale=alt.Scale(type="sqrt")),
            color=alt.Color(
                "state:N",
                scale=alt.Scale(domain=states, range=[THEN, NOW][-len(states) :]),
                legend=alt.Legend(orient="top", title=title, direction="horizontal"),
            ),
            tooltip=["state:N", alt.Tooltip("value:Q", format=".3f"), alt.Tooltip("share:Q", format=".2%")],
        )
        .properties(width=WIDTH, height=HEIGHT)
        .facet(
            alt.Facet("layer:N", sort=list(layers), title=None, header=alt.Header(labelFontSize=18)), columns=PER_ROW
        )
        .resolve_scale(x="independent", y="independent")
        .configure_axis(labelFontSize=15)
        .configure_legend(labelFontSize=17, titleFontSize=17, titleFontWeight="normal", titleLimit=400)
    )


def peaks(values: np.ndarray, source: str, noun: str) -> Mosaic:
    """A cell a channel in the colour of its largest value ever, [C]; those that never rose above 0 are outlined."""
    scale = sequential(values, "largest value")
    tiles = [
        Tile(np.array([[value]]), scale, name=f"{source}, {noun} {number}", border=WEAK if value <= 0 else "")
        for number, value in enumerate(values)
    ]
    return Mosaic(tiles, min(32, len(tiles)), f"Largest values of {source}", max_cell=22, gap=6, hover="largest value")
