"""How values are distributed, untrained against now, and which channels are silent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.mosaic import Mosaic, Tile, sequential
from cnnlab.charts.palette import GREY, ORANGE, WEAK

THEN, NOW = GREY, ORANGE
HEIGHT, PER_ROW = 190, 4  # pixels with title and axis; charts


def colours(states: Sequence[str]) -> dict[str, str]:
    """The colour of each state, the last of which is the present one."""
    return dict(zip(states, [THEN, NOW][-len(states) :], strict=True))


def distribution(layer: str, edges: np.ndarray, fractions: Mapping[str, np.ndarray]) -> alt.Chart:
    """What fraction of a layer's values lies where, one area for each state. edges: [B + 1]; fractions: [B] of each.

    Heights are square roots: most values lie near zero, and the few others are what training made.
    """
    frames = [
        pd.DataFrame({"state": state, "value": (edges[1:] + edges[:-1]) / 2, "share": values})
        for state, values in fractions.items()
    ]
    scale = colours(list(fractions))
    return (
        alt.Chart(pd.concat(frames, ignore_index=True), title=layer)
        .mark_area(opacity=0.55, interpolate="step", line=True)
        .encode(
            x=alt.X("value:Q", title=None, axis=alt.Axis(tickCount=4)),
            y=alt.Y("share:Q", title=None, axis=None, stack=None, scale=alt.Scale(type="sqrt")),
            color=alt.Color("state:N", scale=alt.Scale(domain=list(scale), range=list(scale.values())), legend=None),
            tooltip=["state:N", alt.Tooltip("value:Q", format=".3f"), alt.Tooltip("share:Q", format=".2%")],
        )
        .properties(height=HEIGHT)
        .configure_axis(labelFontSize=16)
        .configure_title(fontSize=18)
    )


def peaks(values: np.ndarray, source: str, noun: str) -> Mosaic:
    """One cell for each channel, in the colour of its largest value ever, [C].

    Those that never rose above 0 are outlined.
    """
    scale = sequential(values, "largest value")
    tiles = [
        Tile(np.array([[value]]), scale, name=f"{source}, {noun} {number}", border=WEAK if value <= 0 else "")
        for number, value in enumerate(values)
    ]
    return Mosaic(tiles, min(32, len(tiles)), f"Largest values of {source}", max_cell=22, gap=6, hover="largest value")
