"""How well each class is read."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import pandas as pd

from cnnlab.charts.palette import INK, RIGHT, WRONG


def accuracy_bars(names: Sequence[str], right: Sequence[int], images: Sequence[int], dark: bool) -> alt.LayerChart:
    """A bar a class, the share read right, with A0's line "99.4 % (974/980)"; the worst is vermilion.

    The axis begins below the worst, so that the bars can be told apart; classes without images have no bar.
    """
    shares = [r / n if n else None for r, n in zip(right, images, strict=True)]
    known = [share for share in shares if share is not None]
    worst = min(known)
    start = max(0.0, 1 - 1.6 * (1 - worst)) if worst < 1 else 0.0
    table = pd.DataFrame(
        {
            "name": names,
            "share": shares,
            "start": start,
            "text": [
                f"{share:.1%} ({r}/{n})".replace("%", " %") if share is not None else "no images"
                for share, r, n in zip(shares, right, images, strict=True)
            ],
            "worst": [share == worst and worst < max(known) for share in shares],
        }
    )
    y = alt.Y(
        "name:N",
        sort=list(names),
        title=None,
        axis=alt.Axis(labelFontSize=18, ticks=False, domain=False, labelLimit=220),
    )
    scale = alt.Scale(domain=[start, 1 + 0.75 * (1 - start)], nice=False)
    base = alt.Chart(table).encode(y)
    bars = (
        base.transform_filter("datum.share != null")
        .mark_bar(height={"band": 0.72})
        .encode(
            alt.X("start:Q", scale=scale, axis=None),
            x2="share:Q",
            color=alt.condition("datum.worst", alt.value(WRONG), alt.value(RIGHT)),
        )
    )
    texts = (
        base.transform_calculate(at="datum.share == null ? datum.start : datum.share")
        .mark_text(align="left", dx=8, fontSize=18, fontWeight="bold", color=INK[dark])
        .encode(alt.X("at:Q", scale=scale, axis=None), text="text:N")
    )
    return alt.layer(bars, texts).properties(height=48 * len(names)).configure_view(strokeWidth=0)
