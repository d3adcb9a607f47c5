"""Limits of settings, declared beside each field: validation and every widget read them there."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from cnnlab.errors import CnnlabError


@dataclass(frozen=True)
class Limits:
    """The lowest and the highest value allowed, of the setting's type; slider: the highest that a slider offers."""

    low: float
    high: float
    slider: float

    def check(self, name: str, value: float) -> None:
        """Raise CnnlabError naming the setting, its value and these limits when it lies outside."""
        if not self.low <= value <= self.high:  # also refuses NaN
            raise CnnlabError(f"{name} is {_figure(value)}: it must lie between {self.low:g} and {self.high:g}.")


def _figure(value: float) -> str:
    try:
        return f"{value:g}"
    except OverflowError:
        return "a number of hundreds of digits"


def bounded(default: Any, low: float, high: float, slider: float | None = None) -> Any:
    """A dataclass field for a number from `low` to `high`, or for a tuple of such numbers.

    slider: where a slider ends if the whole range would be too coarse for it.
    """
    limits = Limits(low, high, high if slider is None else slider)
    return dataclasses.field(default=default, metadata={"limits": limits})


def limits_of(settings: type) -> dict[str, Limits]:
    """The declared limits of a dataclass by field, in order."""
    return {each.name: each.metadata["limits"] for each in dataclasses.fields(settings) if "limits" in each.metadata}
