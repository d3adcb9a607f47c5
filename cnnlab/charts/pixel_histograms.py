"""Pixel values counted, before and after they are normalised, and the mean as it settles."""

from __future__ import annotations

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from cnnlab.charts.palette import CHANNEL_NAMES, CHANNELS, NOW, VERMILION

RAREST = 1e-6  # where a logarithmic axis of fractions begins
BINS = 64


def histogram(counts: np.ndarray, mean: Sequence[float], std: Sequence[float], title: str) -> alt.LayerChart:
    """How often each pixel value, 0..1, comes up in each channel: counts [C, 256]; mean and std [C] are marked."""
    zeros, ones = [0.0] * len(counts), [1.0] * len(counts)
    return _histogram(counts, (zeros, ones), (mean, std), title)


def normalised(counts: np.ndarray, mean: Sequence[float], std: Sequence[float], title: str) -> alt.LayerChart:
    """The same pixels after (value − mean) / std of their channel."""
    zeros, ones = [0.0] * len(counts), [1.0] * len(counts)
    return _histogram(counts, (mean, std), (zeros, ones), title)


_Statistics = tuple[Sequence[float], Sequence[float]]  # of each channel: mean and standard deviation


def _histogram(counts: np.ndarray, taken_out: _Statistics, left: _Statistics, title: str) -> alt.LayerChart:
    """The axis shows (value − mean) / std for what is `taken_out`; `left`: the mean and std that are marked on it."""
    (shift, scale), (mean, std) = taken_out, left
    width = 256 // BINS
    low = np.arange(0, 256, width) / 256
    tables = []
    for channel, values in enumerate(counts):
        share = values.reshape(BINS, width).sum(1) / values.sum()
        edges = [(edge - shift[channel]) / scale[channel] for edge in (low, low + width / 256)]
        tables.append(
            pd.DataFrame(
                {"from": edges[0], "to": edges[1], "share": share, "foot": RAREST, "channel": _name(channel, counts)}
            )
        )
    table = pd.concat(tables)
    x_scale = alt.Scale(domain=[float(table["from"].min()), float(table["to"].max())], nice=False)
    x = alt.X("from:Q", scale=x_scale, axis=alt.Axis(tickCount=7), title=title)
    y_scale = alt.Scale(type="log", domain=[RAREST * 100, 1], clamp=True)
    y_axis = alt.Axis(values=[1e-4, 1e-3, 1e-2, 1e-1, 1], format="~%")
    y = alt.Y("share:Q", scale=y_scale, axis=y_axis, title="share of the pixels")
    tooltip = [
        alt.Tooltip("from:Q", format=".3f"),
        alt.Tooltip("to:Q", format=".3f"),
        alt.Tooltip("share:Q", format=".3%", title="of the pixels"),
    ]
    base = alt.Chart(table[table.share > 0])
    if len(counts) == 1:
        bars = base.mark_rect(color=NOW, stroke=None).encode(x, y, x2="to:Q", y2="foot:Q", tooltip=tooltip)
    else:
        bars = base.mark_line(interpolate="step-after", strokeWidth=3).encode(x, y, _colour(len(counts)))
    marks = pd.DataFrame({"mean": mean, "low": np.subtract(mean, std), "high": np.add(mean, std)})[:1]
    rule = alt.Chart(marks).mark_rule(color=VERMILION, strokeWidth=4).encode(alt.X("mean:Q", scale=x_scale))
    band = alt.Chart(marks).mark_rect(color=VERMILION, opacity=0.16, clip=True)
    band = band.encode(alt.X("low:Q", scale=x_scale), x2="high:Q")
    layers = (band, bars, rule) if len(counts) == 1 else (bars,)
    return alt.layer(*layers).properties(height=300).configure_axis(labelFontSize=16, titleFontSize=16)


def settling(counts: Sequence[int], mean: np.ndarray, std: np.ndarray, total: int) -> alt.LayerChart:
    """Mean and standard deviation (with colours: dashed), [P, C], after each of `counts` of `total` images."""
    channels = mean.shape[1]
    rows = [
        {"images": count, "value": float(values[place, channel]), "what": name, "channel": _name(channel, mean.T)}
        for name, values in (("mean", mean), ("standard deviation", std))
        for channel in range(channels)
        for place, count in enumerate(counts)
    ]
    table = pd.DataFrame(rows)
    powers = [10**power for power in range(7) if 10**power <= total]
    x = alt.X(
        "images:Q",
        scale=alt.Scale(type="log", nice=False, domain=[1, total]),
        axis=alt.Axis(format=",d", values=powers, grid=False),
        title="images counted",
    )
    y = alt.Y("value:Q", scale=alt.Scale(domain=[0, 1.3 * float(max(mean.max(), std.max()))]), title=None)
    grey = alt.Color(
        "what:N", scale=alt.Scale(domain=["mean", "standard deviation"], range=[VERMILION, NOW]), legend=None
    )
    colour = grey if channels == 1 else _colour(channels)
    dash = alt.StrokeDash("what:N", scale=alt.Scale(range=[[1, 0], [1, 0] if channels == 1 else [7, 5]]), legend=None)
    tooltip = ["what:N", "channel:N", alt.Tooltip("images:Q", format=","), alt.Tooltip("value:Q", format=".6f")]
    base = alt.Chart(table)
    lines = base.mark_line(strokeWidth=3).encode(x, y, colour, dash, tooltip=tooltip)
    here = base.transform_filter(alt.datum.images == int(counts[-1]))
    points = here.mark_point(filled=True, size=220, opacity=1).encode(x, y, colour, tooltip=tooltip)
    layers = [lines, points]
    if channels == 1:
        first = base.transform_filter(alt.datum.images == int(counts[0]))
        words = first.mark_text(align="left", dy=-18, dx=8, fontSize=17, fontWeight="bold")
        layers.append(words.encode(x, y, colour, text="what:N"))
    return alt.layer(*layers).properties(height=260).configure_axis(labelFontSize=16, titleFontSize=16)


def _name(channel: int, counts: np.ndarray) -> str:
    return "grey" if len(counts) == 1 else CHANNEL_NAMES[channel]


def _colour(channels: int) -> alt.Color:
    scale = alt.Scale(domain=list(CHANNEL_NAMES[:channels]), range=list(CHANNELS[:channels]))
    return alt.Color("channel:N", scale=scale, legend=alt.Legend(orient="top", title=None, labelFontSize=16))
