"""Reading the JSON of a chart."""

from __future__ import annotations

from typing import Any

import pandas as pd


def rows(chart: Any) -> pd.DataFrame:
    """The biggest data set in the chart's JSON, so also proof that it is a valid chart."""
    return pd.DataFrame(max(chart.to_dict()["datasets"].values(), key=len))


def layers(spec: dict[str, Any]) -> list[str]:
    """The kinds of marks of a specification, in the order in which they are drawn."""
    parts = spec.get("layer") or [spec.get("spec", spec)]
    return [part["mark"]["type"] for part in parts]
