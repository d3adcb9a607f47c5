"""How values are written into the address and read from it: every kind takes what it allows and nothing else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

LARGEST = 10**9  # a whole number beyond it is none
WIDEST = 300  # characters of free text
CELLS = 200  # numbers of a grid


class NotShownError(ValueError):
    """What the address asks for cannot be shown, and why: a whole sentence."""


@dataclass(frozen=True)
class Kind:
    """A kind of value. read: from its texts in the address, at least one; raises ValueError where it is not allowed.

    write: its texts, none for None; fits: whether a value is allowed; mend: the nearest one that is, where there is.
    """

    read: Callable[[Sequence[str]], Any]
    write: Callable[[Any], list[str]]
    fits: Callable[[Any], bool]
    mend: Callable[[Any], Any] | None = None


def slug(label: object) -> str:
    """A label of the page as it stands in the address: "Map of points" as map-of-points."""
    return re.sub(r"[^\w.+]+", "-", str(label).lower()).strip("-")


def one_of(options: Iterable[Any], text: Callable[[Any], str] = slug) -> Kind:
    """One of the options; text: its name in the address, `slug` for labels of the page, str for names from data."""
    by_text = {text(option): option for option in options}

    def read(texts: Sequence[str]) -> Any:
        if texts[-1] not in by_text:
            raise ValueError(texts[-1])
        return by_text[texts[-1]]

    allowed = list(by_text.values())
    return Kind(read, lambda value: [] if value is None else [text(value)], lambda value: value in allowed)


def some_of(options: Iterable[Any], text: Callable[[Any], str] = str, most: int = 100) -> Kind:
    """A list of options, each once, at most `most`; an empty list is a single empty text."""
    by_text = {text(option): option for option in options}

    def read(texts: Sequence[str]) -> list[Any]:
        names = list(dict.fromkeys(each for each in texts if each))
        if not set(names) <= set(by_text) or len(names) > most:
            raise ValueError(texts)
        return [by_text[name] for name in names]

    allowed = list(by_text.values())
    return Kind(
        read,
        lambda value: [text(each) for each in value or ()],
        lambda value: len(value) <= most and all(each in allowed for each in value),
        lambda value: [each for each in value if each in allowed][:most],
    )


def whole(low: int, high: int) -> Kind:
    """A whole number from `low` to `high`."""

    def read(texts: Sequence[str]) -> int:
        if not re.fullmatch(r"-?[0-9]{1,9}", texts[-1]) or not low <= int(texts[-1]) <= high:
            raise ValueError(texts[-1])
        return int(texts[-1])

    return Kind(
        read, lambda value: [str(value)], lambda value: low <= value <= high, lambda value: min(max(value, low), high)
    )


def decimal(low: float, high: float) -> Kind:
    """A number from `low` to `high`."""

    def read(texts: Sequence[str]) -> float:
        value = _float(texts[-1])
        if not low <= value <= high:
            raise ValueError(texts[-1])
        return value

    return Kind(read, lambda value: [f"{value:g}"], lambda value: low <= value <= high)


def flag() -> Kind:
    """On or off: 1 or 0."""
    return Kind(
        lambda texts: _whole(texts[-1], 1) == 1, lambda value: ["1" if value else "0"], lambda v: isinstance(v, bool)
    )


def cell(below: Sequence[int]) -> Kind:
    """A tuple of whole numbers such as the row and column of a click; each from 0 and below its limit.

    In the address they stand with dots between them.
    """

    def read(texts: Sequence[str]) -> tuple[int, ...]:
        return _numbers(texts[-1].split("."), below)

    def fits(value: object) -> bool:
        return value is None or _inside(value, below)

    return Kind(read, lambda value: [] if value is None else [".".join(map(str, value))], fits)


def cell_of(below: Mapping[str, Sequence[int]]) -> Kind:
    """As `cell`, after one of the names, whose limits these are: (layer, channel, row, column) of a click."""

    def read(texts: Sequence[str]) -> tuple[str | int, ...]:
        for name, limits in below.items():
            if texts[-1].startswith(f"{name}.") and texts[-1].count(".", len(name)) == len(limits):
                return name, *_numbers(texts[-1][len(name) + 1 :].split("."), limits)
        raise ValueError(texts[-1])

    def fits(value: Any) -> bool:
        return value is None or (value[0] in below and _inside(value[1:], below[value[0]]))

    return Kind(read, lambda value: [] if value is None else [".".join(map(str, value))], fits)


def pair_of(names: Sequence[str]) -> Kind:
    """Two of the names, such as the true and the predicted class: two texts."""

    def read(texts: Sequence[str]) -> tuple[str, str]:
        if len(texts) != 2 or not set(texts) <= set(names):
            raise ValueError(texts)
        return texts[0], texts[1]

    return Kind(read, lambda value: list(value or ()), lambda value: value is None or set(value) <= set(names))


def span(low: int, high: int) -> Kind:
    """Where a part of low .. high begins and ends: two whole numbers, the smaller one first."""
    limits = whole(low, high)

    def read(texts: Sequence[str]) -> tuple[int, int]:
        if len(texts) != 2 or not limits.read(texts[:1]) <= limits.read(texts):
            raise ValueError(texts)
        return limits.read(texts[:1]), limits.read(texts)

    return Kind(read, lambda value: [str(each) for each in value], lambda value: low <= value[0] <= value[1] <= high)


def among(numbers: np.ndarray) -> Kind:
    """One of the whole numbers [N], or None."""

    def read(texts: Sequence[str]) -> int:
        value = _whole(texts[-1], LARGEST)
        if not (numbers == value).any():
            raise ValueError(texts[-1])
        return value

    def fits(value: int | None) -> bool:
        return value is None or bool((numbers == value).any())

    return Kind(read, lambda value: [] if value is None else [str(value)], fits)


def words() -> Kind:
    """Any printable text, not too long."""

    def read(texts: Sequence[str]) -> str:
        if len(texts[-1]) > WIDEST or not texts[-1].isprintable():
            raise ValueError(texts[-1])
        return texts[-1]

    return Kind(read, lambda value: [str(value)[:WIDEST]], lambda value: isinstance(value, str))


def grid(largest: int, shape: Callable[[int, int], bool] = lambda rows, columns: rows == columns) -> Kind:
    """Numbers [rows, columns], "1_0~0_1" in the address; shape: which sizes are allowed, up to `largest`."""

    def read(texts: Sequence[str]) -> np.ndarray:
        if len(texts[-1]) > CELLS * 12:
            raise ValueError("too long")
        rows = [[_float(cell) for cell in row.split("_")] for row in texts[-1].split("~")]
        values = np.array(rows, float)  # ValueError where the rows are of different lengths
        if max(values.shape) > largest or not shape(*values.shape) or not (np.abs(values) <= LARGEST).all():
            raise ValueError(texts[-1])
        return values

    return Kind(
        read,
        lambda value: ["~".join("_".join(f"{cell:.6g}" for cell in row) for row in value)],
        lambda value: isinstance(value, np.ndarray),
    )


def _numbers(texts: Sequence[str], below: Sequence[int]) -> tuple[int, ...]:
    numbers = tuple(_whole(text, LARGEST) for text in texts)
    if not _inside(numbers, below):
        raise ValueError(texts)
    return numbers


def _inside(numbers: Any, below: Sequence[int]) -> bool:
    return len(numbers) == len(below) and all(0 <= at < limit for at, limit in zip(numbers, below, strict=True))


def _whole(text: str, largest: int) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) > largest:
        raise ValueError(text)
    return int(text)


def _float(text: str) -> float:
    if not re.fullmatch(r"-?[0-9]{1,10}(\.[0-9]{1,10})?(e[+-]?[0-9]{1,2})?", text):
        raise ValueError(text)
    return float(text)
