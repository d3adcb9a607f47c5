"""An Altair chart as an image."""

from __future__ import annotations

import io
from typing import Any

import altair as alt
import pandas as pd
from PIL import Image

from cnnlab.charts.palette import INK, PAPER


def drawn(chart: alt.TopLevelMixin, width: int, dark: bool) -> Image.Image:
    """The chart as RGB, on the page's colour; width: in pixels, of a chart that fits its place."""
    import vl_convert  # here: it brings a browser's engine with it

    described = description(chart)
    if described.get("width", "container") == "container":
        described["width"] = width
    axis = {"labelColor": INK[dark], "titleColor": INK[dark]}
    config = {"background": PAPER[dark], "axis": axis, "legend": axis, "font": "sans-serif"}
    described["config"] = {**config, **described.get("config", {})}
    return Image.open(io.BytesIO(vl_convert.vegalite_to_png(described))).convert("RGB")


def description(chart: alt.TopLevelMixin) -> dict[str, Any]:
    """The chart as Vega-Lite, its tables as rows.

    Altair's own way takes seconds for ten thousand rows, and obeys settings of the process that pages change meanwhile.
    """
    tables: dict[str, list] = {}
    described: dict[str, Any] = _named(chart, tables).to_dict()
    return {**described, "datasets": tables}


def _named(chart: Any, tables: dict[str, list]) -> Any:
    """A copy of the chart with names for its tables, which are put into `tables` as rows."""
    copy = chart.copy(deep=False)
    if isinstance(copy.data, pd.DataFrame):
        name = f"table {len(tables)}"
        tables[name] = copy.data.to_dict("records")
        copy.data = alt.NamedData(name)
    if isinstance(copy, alt.LayerChart):
        copy.layer = [_named(each, tables) for each in copy.layer]
    return copy
