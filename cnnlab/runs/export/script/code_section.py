"""A part of a program: a heading, a few words about it, and its source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class CodeSection:
    """title: a few words; about: plain sentences; code: source without an indent, without an empty line at its end.

    imports: statements that it needs. runs: whether it does something, rather than define something.
    """

    title: str
    about: str
    code: str
    imports: frozenset[str] = frozenset()
    runs: bool = False


def indented(lines: Iterable[str], levels: int = 1) -> list[str]:
    """The lines, further to the right by so many levels; empty ones stay empty."""
    return [f"{'    ' * levels}{line}" if line else "" for line in lines]
