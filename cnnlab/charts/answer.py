"""A network's answer for the back row: the digit, and a bar for each class that keeps its place."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

CLOSE = 0.5  # the second best is named too when it has at least this fraction of the best's probability


def headline(probabilities: Sequence[float], classes: Sequence[str]) -> str:
    """The answer in a word: "4", or "4 or 9" when the two best are close."""
    order = sorted(range(len(classes)), key=lambda k: -probabilities[k])
    best, second = order[0], order[1]
    if probabilities[second] >= CLOSE * probabilities[best]:
        return f"{classes[best]} or {classes[second]}"
    return classes[best]


def answer(probabilities: Sequence[float], classes: Sequence[str], image: np.ndarray) -> dict[str, Any]:
    """What cnnlab.ui.components.answer_bars draws: headline and probability, very large, a bar a class, and the image.

    image: what was read, uint8 [..., h, w]; `read`, its checksum, tells whose answer is on the screen.
    """
    word, best = headline(probabilities, classes), max(probabilities)
    return {
        "word": word,
        "size": 150 if len(word) <= 2 else 84 if len(word) <= 6 else 44,
        "best": f"{best:.1%}",
        "names": min(8, max(1.6, 0.62 * max(map(len, classes)))),  # em: room for the longest, up to a line's third
        "bars": [
            {"name": name, "p": p, "percent": f"{p:.1%}", "best": p == best}
            for name, p in zip(classes, probabilities, strict=True)
        ],
        "read": f"{zlib.crc32(image.tobytes()):08x}",
        "pixels": base64.b64encode(image.tobytes()).decode(),
        "shape": list(image.shape[-2:]),
    }


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
