"""A confusion matrix to click on: rows true, columns predicted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import FAINT, INK, ON_DARK, PAPER, RIGHT, WRONG

CELL = "cell"  # the selection; its events carry "true" and "predicted", names of classes
MORE, FEWER = WRONG, RIGHT  # mistakes
SHORT = 3  # letters
EVERY = 25  # classes whose names all fit beside the matrix
WIDTH, HEIGHT = 590, 620  # pixels with axes, the width at most: fits a 1440×900 screen without scrolling


def matrix_chart(
    counts: np.ndarray,
    classes: Sequence[str],
    chosen: tuple[int, int] | None = None,
    fractions: np.ndarray | None = None,
    dark: bool = False,
) -> alt.LayerChart:
    """Counts int [K, K]; with fractions float [K, K], 0..1, those are written instead, as per cent.

    Colour belongs to the mistakes alone, so that the diagonal does not drown them; the darkest is the biggest one.
    """
    shown = counts if fractions is None else fractions
    mistakes = shown * (1 - np.eye(len(classes)))
    strength = np.sqrt(mistakes / max(mistakes.max(), 1e-12))
    texts = (
        [[_count(n) for n in row] for row in counts] if fractions is None else [[_percent(x) for x in r] for r in shown]
    )
    return _matrix(_table(counts, strength, texts, classes, chosen, counts), len(classes), dark)


def difference_chart(
    now: np.ndarray,
    before: np.ndarray,
    classes: Sequence[str],
    chosen: tuple[int, int] | None = None,
    fractions: np.ndarray | None = None,
    dark: bool = False,
) -> alt.LayerChart:
    """now - before, int [K, K] each: more frequent mistakes vermilion, rarer ones blue.

    With fractions float [K, K], the difference of two fractions -1..1, those are written instead, in per cent points.
    """
    change = now - before
    shown = change if fractions is None else fractions
    mistakes = shown * (1 - np.eye(len(classes)))
    strength = np.sign(mistakes) * np.sqrt(np.abs(mistakes) / max(np.abs(mistakes).max(), 1e-12))
    texts = [[_signed(n) for n in row] for row in change]
    if fractions is not None:
        texts = [[_signed_points(x) for x in row] for row in fractions]
    return _matrix(_table(change, strength, texts, classes, chosen, now), len(classes), dark)


def _table(
    values: np.ndarray,
    strength: np.ndarray,
    texts: list[list[str]],
    classes: Sequence[str],
    chosen: tuple[int, int] | None,
    counts: np.ndarray,
) -> pd.DataFrame:
    """One row for each cell. Kinds: right (diagonal), more, fewer, none."""
    rows = []
    for true, true_name in enumerate(classes):
        for predicted, predicted_name in enumerate(classes):
            weight = float(strength[true, predicted])
            kind = "right" if true == predicted else "more" if weight > 0 else "fewer" if weight < 0 else "none"
            rows.append(
                {
                    "true": true_name,
                    "predicted": predicted_name,
                    "value": float(values[true, predicted]),
                    "text": texts[true][predicted],
                    "kind": kind,
                    "weight": 0.16 if kind == "right" else 0.1 + 0.85 * abs(weight) if weight else 0.0,
                    "ink": "light"
                    if kind != "right" and abs(weight) > 0.7
                    else "faint"
                    if kind == "none"
                    else "normal",
                    "chosen": (true, predicted) == chosen,
                    "says": f"{true_name} read as {predicted_name}: {int(counts[true, predicted]):,}",
                }
            )
    return pd.DataFrame(rows)


def _matrix(table: pd.DataFrame, count: int, dark: bool) -> alt.LayerChart:
    size = 0.87 * WIDTH / count
    order = table["true"].drop_duplicates().tolist()
    words = max(map(len, order)) > SHORT  # names that are no digits are written aslant, smaller
    axis: dict[str, Any] = {
        "labelFontSize": min(16 if words else 24, size * 0.42),
        "titleFontSize": 20,
        "labelLimit": 110,
        "labelOverlap": count > EVERY,
        "labelFlush": False,
        "ticks": False,
        "domain": False,
    }
    base = alt.Chart(table).encode(
        alt.X(
            "predicted:N",
            sort=order,
            title="predicted",
            axis=alt.Axis(orient="top", labelAngle=-40 if words else 0, **axis),
        ),
        alt.Y("true:N", sort=order, title="true", axis=alt.Axis(labelAngle=0, **axis)),
    )
    picked = alt.selection_point(name=CELL, fields=["true", "predicted"], empty=False)
    cells = (
        base.mark_rect(stroke=FAINT[dark], strokeWidth=0.6, strokeOpacity=0.5, cursor="pointer")
        .encode(
            color=alt.Color(
                "kind:N",
                scale=alt.Scale(domain=["right", "more", "fewer", "none"], range=[RIGHT, MORE, FEWER, PAPER[dark]]),
                legend=None,
            ),
            fillOpacity=alt.FillOpacity("weight:Q", scale=alt.Scale(domain=[0, 1], range=[0, 1]), legend=None),
            tooltip=alt.Tooltip("says:N", title=" "),
        )
        .add_params(picked)
    )
    numbers = base.mark_text(
        fontSize=alt.ExprRef(f"min(23, 0.39 * width / {count})"), fontWeight="bold", cursor="pointer"
    ).encode(
        text="text:N",
        color=alt.Color(
            "ink:N",
            scale=alt.Scale(domain=["normal", "light", "faint"], range=[INK[dark], ON_DARK, FAINT[dark]]),
            legend=None,
        ),
        tooltip=alt.Tooltip("says:N", title=" "),
    )
    ring = base.transform_filter("datum.chosen").mark_rect(filled=False, stroke=INK[dark], strokeWidth=4)
    return (
        alt.layer(cells, numbers, ring)
        .resolve_scale(color="independent")
        .properties(width="container", height=HEIGHT)
        .configure_view(strokeWidth=0)
    )


def _count(value: int) -> str:
    return str(value) if value else "·"


def _percent(fraction: float) -> str:
    if not fraction:
        return "·"
    return "100" if fraction == 1 else f"{100 * fraction:.1f}".replace("100.0", ">99.9").replace("0.0", "<0.1", 1)


def _signed(value: int) -> str:
    return f"{value:+}".replace("-", "−") if value else "·"


def _signed_points(fraction: float) -> str:
    if abs(fraction) < 0.0005:
        return "·"
    return f"{100 * fraction:+.1f}".replace("-", "−")
