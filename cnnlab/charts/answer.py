"""A network's answer for the back row: the digit, and a bar for each class that keeps its place."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from html import escape

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import BLUE, GREY

CLOSE = 0.5  # the second best is named too when it has at least this fraction of the best's probability
BAR, BEST = GREY, BLUE


def headline(probabilities: Sequence[float], classes: Sequence[str]) -> str:
    """The answer in a word: "4", or "4 or 9" when the two best are close."""
    order = sorted(range(len(classes)), key=lambda k: -probabilities[k])
    best, second = order[0], order[1]
    if probabilities[second] >= CLOSE * probabilities[best]:
        return f"{classes[best]} or {classes[second]}"
    return classes[best]


def answer_html(probabilities: Sequence[float], classes: Sequence[str], image: np.ndarray) -> str:
    """The headline, very large, with its probability, above one bar for each class.

    HTML, because it must appear at once. `image`, what was read, marks the answer (data-read), so that one can tell
    whose answer is on the screen.
    """
    word, best = headline(probabilities, classes), max(probabilities)
    size = 150 if len(word) <= 2 else 84 if len(word) <= 6 else 44
    names = f"{min(8, max(1.6, 0.62 * max(map(len, classes)))):.1f}em"  # room for the longest, up to a line's third
    bars = "".join(
        f'<div style="display:flex;align-items:center;gap:10px;height:25px">'
        f'<div style="width:{names};font-size:20px;font-weight:600;text-align:right;overflow:hidden;'
        f'white-space:nowrap;text-overflow:ellipsis" title="{escape(name)}">{escape(name)}</div>'
        f'<div style="flex:1;background:color-mix(in srgb, currentColor 9%, transparent);border-radius:4px">'
        f'<div data-bar="{escape(name)}" style="width:{100 * p:.1f}%;height:17px;border-radius:4px;'
        f'background:{BEST if p == best else BAR}"></div></div>'
        f'<div style="width:4em;font-size:17px;text-align:right">{p:.1%}</div></div>'
        for name, p in zip(classes, probabilities, strict=True)
    )
    return (
        f'<div data-read="{zlib.crc32(image.tobytes()):08x}" '
        f'style="display:flex;align-items:baseline;gap:24px;height:170px">'
        f'<div class="answer" style="font-size:{size}px;line-height:165px;font-weight:700;white-space:nowrap">'
        f"{escape(word)}</div>"
        f'<div style="font-size:34px">{best:.1%}</div></div>{bars}'
    )


def ribbons(steps: Sequence[int], probabilities: Sequence[Sequence[float]], classes: Sequence[str]) -> alt.Chart:
    """How the answer to one image moved: the classes' probabilities [steps][K] stacked to 1 over the steps."""
    table = pd.DataFrame(
        [
            {"step": step, "class": name, "probability": p}
            for step, row in zip(steps, probabilities, strict=True)
            for name, p in zip(classes, row, strict=True)
        ]
    )
    colour = alt.Color(
        "class:N", scale=alt.Scale(scheme="tableau10"), sort=list(classes), legend=alt.Legend(title=None, columns=2)
    )
    return (
        alt.Chart(table)
        .mark_area(opacity=0.9)
        .encode(
            alt.X("step:Q", title="step", axis=alt.Axis(format=",d", tickCount=6)),
            alt.Y(
                "probability:Q",
                title="probability",
                stack=True,
                scale=alt.Scale(domain=[0, 1]),
                axis=alt.Axis(format="%", tickCount=5),
            ),
            colour,
            order=alt.Order("class:N"),
        )
        .properties(height=240)
        .configure_axis(labelFontSize=16, titleFontSize=17)
        .configure_legend(labelFontSize=17, symbolSize=220)
    )
