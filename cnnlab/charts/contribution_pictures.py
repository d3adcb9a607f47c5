"""What speaks for an answer: on the drawing, on the last maps, and as numbers up to the softmax."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from cnnlab.charts.mosaic import GREYS, Mosaic, Tile, diverging, fitting

VEIL = 0.85  # how much the strongest place covers the drawing


def on_drawing(image: np.ndarray, places: Sequence[tuple[str, np.ndarray]]) -> Mosaic:
    """The drawing, float [H, W] in 0..1, and over it what each place adds to each of some logits.

    places: (title, float [H, W]), all to one scale.
    """
    scale = diverging(np.stack([values for _, values in places]), "adds to the logit")
    tiles = [Tile(image, GREYS, "the drawing", "ink")]
    tiles += [
        Tile(values, scale, title, title, under=image, veil=VEIL * np.abs(values) / scale.high)
        for title, values in places
    ]
    return Mosaic(tiles, len(tiles), "What speaks for each answer, and where", max_cell=9, max_height=320, hover="adds")


def on_maps(maps: np.ndarray, parts: np.ndarray, layer: str, name: str, most: int) -> Mosaic:
    """The maps that move the logit of `name` most, [C, H, W], above what each of their values adds to it, [C, H, W]."""
    sums = parts.sum((1, 2))
    order = np.argsort(-np.abs(sums), kind="stable")[:most]
    activation, added = fitting(maps, ""), diverging(parts[order], f"adds to the logit of {name}")
    tiles = [Tile(maps[c], activation, "", f"{layer}, map {c}") for c in order]
    tiles += [Tile(parts[c], added, signed(sums[c]), f"map {c} for {name}") for c in order]
    return Mosaic(
        tiles,
        len(order),
        f"What the maps add to {name}",
        max_cell=10,
        max_height=320,
        row_titles=[layer, f"for {name}"],
        hover="value",
    )


def sum_in_words(name: str, logit: float, rest: float, parts: np.ndarray) -> str:
    """The sum behind a logit: "**4**: 11.32 = 0.10 bias + 14.21 for − 2.99 against"."""
    positive, negative = float(parts[parts > 0].sum()), float(-parts[parts < 0].sum())
    return f"**{name}**: {number(logit)} = {number(rest)} bias + {number(positive)} for − {number(negative)} against"


def softmax_table(logits: Sequence[float], classes: Sequence[str]) -> str:
    """The way from logits to probabilities, as a Markdown table: z, e to the z, and its share of their sum.

    Classes are told by `classes`, in which there is no markup. Powers are of the distance to the largest logit where
    they would not fit a number; their shares are the same.
    """
    top = max(logits)
    shift = 0.0 if top < 30 else top
    powers = [math.exp(z - shift) for z in logits]
    total = sum(powers)
    power = "$e^z$" if not shift else r"$e^{z-\max}$"
    rows = [
        ["", *classes, "sum"],
        ["---:"] * (len(classes) + 2),
        ["logit z", *(number(z) for z in logits), ""],
        [power, *(_power(each) for each in powers), _power(total)],
        ["÷ sum", *(f"{each / total:.1%}" for each in powers), "100%"],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def signed(value: float) -> str:
    """With its sign: "+2.31", "−0.20"."""
    return f"{value:+.2f}".replace("-", "−")


def number(value: float) -> str:
    """With a true minus: "2.31", "−0.20"."""
    return f"{value:.2f}".replace("-", "−")


def _power(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}" if value >= 0.01 else f"{value:.0e}".replace("-", "−")
