"""A network's options: declared beside it, checked once, kept as plain JSON values."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


class Options(Mapping):
    """Chosen options by name: an immutable mapping of JSON values, comparable and hashable."""

    def __init__(self, values: Mapping[str, Any] | None = None):
        self._values = {name: hashable(value) for name, value in dict(values or {}).items()}

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and self._values == Options(other)._values

    def __hash__(self) -> int:
        return hash(frozenset(self._values.items()))

    def __repr__(self) -> str:
        return repr(self.plain())

    def plain(self) -> dict[str, Any]:
        """A copy of dicts and lists, as JSON knows them."""
        return {name: as_json(value) for name, value in self._values.items()}

    @property
    def text(self) -> str:
        """As JSON, the same for equal options."""
        return json.dumps(self.plain(), sort_keys=True)

    @classmethod
    def of(cls, text: str) -> Options:
        """The inverse of text."""
        return cls(json.loads(text))


def hashable(value: Any) -> Any:
    """A JSON value made of hashable parts: lists as tuples, objects as Options."""
    if isinstance(value, Mapping):
        return Options(value)
    return tuple(hashable(each) for each in value) if isinstance(value, (list, tuple)) else value


def as_json(value: Any) -> Any:
    """The inverse of hashable."""
    if isinstance(value, Options):
        return value.plain()
    return [as_json(each) for each in value] if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Option:
    """One declared option. what: a few words for people; default: a value that parse would return."""

    name: str
    default: Any
    what: str

    @property
    def allowed(self) -> str:
        """What a value must be, to follow "it must be"."""
        raise NotImplementedError

    def parse(self, value: Any) -> Any:
        """`value`, perhaps text from a command line, with its proper type. Raises ValueError when it is not allowed."""
        raise NotImplementedError


@dataclass(frozen=True)
class Number(Option):
    """A number from low to high."""

    low: float
    high: float

    @property
    def allowed(self) -> str:
        """See Option."""
        return f"a number from {self.low:g} to {self.high:g}"

    def parse(self, value: Any) -> float:
        """See Option."""
        return _within(float(_no_bool(value)), self.low, self.high)


@dataclass(frozen=True)
class Whole(Option):
    """A whole number from low to high."""

    low: int
    high: int

    @property
    def allowed(self) -> str:
        """See Option."""
        return f"a whole number from {self.low} to {self.high}"

    def parse(self, value: Any) -> int:
        """See Option."""
        return _within(_whole(value), self.low, self.high)


@dataclass(frozen=True)
class Wholes(Option):
    """A list of `fewest` to `most` whole numbers from low to high; as text "8,16"."""

    low: int
    high: int
    fewest: int
    most: int

    @property
    def allowed(self) -> str:
        """See Option."""
        count = f"{self.fewest}" if self.fewest == self.most else f"{self.fewest} to {self.most}"
        numbers = "whole number" if (self.fewest, self.most) == (1, 1) else "whole numbers"
        return f"{count} {numbers} from {self.low} to {self.high}, separated by commas"

    def parse(self, value: Any) -> tuple[int, ...]:
        """See Option."""
        parts = value.strip("[]() ").split(",") if isinstance(value, str) else value
        numbers = tuple(_within(_whole(part), self.low, self.high) for part in parts)
        if not self.fewest <= len(numbers) <= self.most:
            raise ValueError
        return numbers


@dataclass(frozen=True)
class Word(Option):
    """One of some words."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:
        """See Option."""
        return f"one of {', '.join(self.words)}"

    def parse(self, value: Any) -> str:
        """See Option."""
        if value not in self.words:
            raise ValueError
        return value


@dataclass(frozen=True)
class Flag(Option):
    """Yes or no; as text true or false."""

    @property
    def allowed(self) -> str:
        """See Option."""
        return "true or false"

    def parse(self, value: Any) -> bool:
        """See Option."""
        if isinstance(value, str):
            value = {"true": True, "false": False}.get(value.lower())
        return value if isinstance(value, bool) else _refuse()


@dataclass(frozen=True)
class Checked(Option):
    """Any JSON value that `check` accepts: it returns the value to keep, or raises ValueError or a CnnlabError."""

    must: str
    check: Callable[[Any], Any]

    @property
    def allowed(self) -> str:
        """See Option."""
        return self.must

    def parse(self, value: Any) -> Any:
        """See Option; text is read as JSON."""
        return self.check(json.loads(value) if isinstance(value, str) else value)


def _whole(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        _refuse()
    return int(_no_bool(value))


def _no_bool(value: Any) -> Any:
    return _refuse() if isinstance(value, bool) else value


def _within(value: float, low: float, high: float) -> Any:
    return value if low <= value <= high else _refuse()  # also refuses NaN


def _refuse() -> Any:
    raise ValueError
