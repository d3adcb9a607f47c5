"""How much of each class is classified correctly, as bars."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import INK, RIGHT, WRONG

STEPS = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25)  # between ticks


def accuracy_bars(names: Sequence[str], right: Sequence[int], images: Sequence[int], dark: bool) -> alt.LayerChart:
    """One bar for each class, the fraction classified correctly, with A0's line "99.4 % (974/980)".

    The worst is vermilion. The axis begins below the worst, so that the bars can be told apart, and says where; classes
    without images have no bar.
    """
    accuracies = [r / n if n else None for r, n in zip(right, images, strict=True)]
    known = [accuracy for accuracy in accuracies if accuracy is not None]
    worst = min(known)
    ticks = _ticks(max(0.0, 1 - 1.6 * (1 - worst)) if worst < 1 else 0.0)
    start = ticks[0]
    table = pd.DataFrame(
        {
            "name": names,
            "share": accuracies,
            "start": start,
            "text": [
                f"{accuracy:.1%} ({r}/{n})".replace("%", " %") if accuracy is not None else "no images"
                for accuracy, r, n in zip(accuracies, right, images, strict=True)
            ],
            "worst": [accuracy == worst and worst < max(known) for accuracy in accuracies],
        }
    )
    y = alt.Y(
        "name:N",
        sort=list(names),
        title=None,
        axis=alt.Axis(labelFontSize=18, ticks=False, domain=False, labelLimit=220),
    )
    scale = alt.Scale(domain=[start, 1 + 0.75 * (1 - start)], nice=False)
    axis = alt.Axis(orient="top", values=ticks, format=".3~p", labelFontSize=16, grid=True, domain=False)
    base = alt.Chart(table).encode(y)
    bars = (
        base.transform_filter("datum.share != null")
        .mark_bar(height={"band": 0.72})
        .encode(
            alt.X("start:Q", scale=scale, axis=axis, title=None),
            x2="share:Q",
            color=alt.condition("datum.worst", alt.value(WRONG), alt.value(RIGHT)),
        )
    )
    texts = (
        base.transform_calculate(at="datum.share == null ? datum.start : datum.share")
        .mark_text(align="left", dx=8, fontSize=18, fontWeight="bold", color=INK[dark])
        .encode(alt.X("at:Q", scale=scale, axis=axis, title=None), text="text:N")
    )
    return alt.layer(bars, texts).properties(height=48 * len(names)).configure_view(strokeWidth=0)


def _ticks(least: float) -> list[float]:
    """Two to five round fractions, the first at or below `least`, the last 1."""
    step = next(step for step in STEPS if (1 - least) / step <= 4)
    count = int(np.ceil(round((1 - least) / step, 6)))
    return [round(1 - step * number, 6) for number in range(max(1, count), -1, -1)]
