"""What a class answered, as bars, with the truth marked; numbers in bins, choices one by one."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import GREY, INK, RIGHT

MOST_BINS = 12


def of_choices(counts: Sequence[tuple[str, int]], truth: int | None, dark: bool) -> alt.LayerChart:
    """A bar for each (choice, votes); the right one, at place `truth`, stands out and says so."""
    names = [f"{choice} ✓" if place == truth else choice for place, (choice, _) in enumerate(counts)]
    colours = [RIGHT if place == truth else GREY for place in range(len(counts))]
    table = pd.DataFrame({"answer": names, "votes": [votes for _, votes in counts], "colour": colours})
    return _bars(table, names, dark)


def of_numbers(votes: Sequence[float], truth: float | None, unit: str, dark: bool) -> alt.LayerChart:
    """The numbers in bins; the bin in which the truth lies stands out and says so."""
    edges = bins(votes, truth)
    counts, _ = np.histogram(votes, edges)
    names = [f"{low:,.4g} – {high:,.4g}{unit}" for low, high in zip(edges[:-1], edges[1:], strict=True)]
    inside = None if truth is None else min(int(np.searchsorted(edges, truth, "right")) - 1, len(names) - 1)
    return of_choices(list(zip(names, map(int, counts), strict=True)), inside, dark)


def bins(votes: Sequence[float], truth: float | None) -> np.ndarray:
    """Edges, float64 [at most MOST_BINS + 1], of steps 1, 2 or 5 times a power of ten that hold all numbers."""
    numbers = [*votes] + ([] if truth is None else [truth])
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    step = 10.0 ** np.floor(np.log10(max(high - low, abs(high) * 1e-3, 1e-3)))  # no more than the range
    for factor in (0.1, 0.2, 0.5, 1, 2):
        edges = np.arange(np.floor(low / (factor * step)), np.floor(high / (factor * step)) + 2) * factor * step
        if len(edges) <= MOST_BINS + 1:
            break
    return edges


def _bars(table: pd.DataFrame, order: list[str], dark: bool) -> alt.LayerChart:
    axis = alt.Axis(labelFontSize=22, labelLimit=520, ticks=False, domain=False, labelFontWeight="bold")
    base = alt.Chart(table).encode(
        alt.X("votes:Q", axis=None, scale=alt.Scale(domain=[0, 1.15 * max(1, int(table.votes.max()))])),
        alt.Y("answer:N", sort=order, title=None, axis=axis),
        tooltip=["answer:N", "votes:Q"],
    )
    drawn = base.mark_bar(height={"band": 0.78}).encode(alt.Color("colour:N", scale=None))
    text = base.mark_text(align="left", dx=8, fontSize=24, fontWeight="bold", color=INK[dark]).encode(text="votes:Q")
    return alt.layer(drawn, text).properties(height=max(160, 58 * len(order))).configure_view(stroke=None)
