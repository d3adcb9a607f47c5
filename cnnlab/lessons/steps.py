"""What a lesson consists of: steps, each with what is seen in it, and what is to be called first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cnnlab.classroom.questions import Question


@dataclass(frozen=True)
class Link:
    """What is seen: the page's name in the address, and what the query says, each name with its texts."""

    page: str
    query: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class Step:
    """text: Markdown; question: what is to be called before `reveal` is shown, None where nothing is asked.

    truth: the place of the right answer, where the lesson says it; reveal: Markdown; revealed: what is seen from then
    on, None where that stays as it is.
    """

    title: str
    text: str
    link: Link
    question: Question | None = None
    truth: int | None = None
    reveal: str = ""
    revealed: Link | None = None


@dataclass(frozen=True)
class Lesson:
    """name: as it stands in the address; minutes: how long it takes; audience: for whom; purpose: what it is for."""

    name: str
    title: str
    minutes: int
    audience: str
    purpose: str
    steps: tuple[Step, ...]

    @property
    def number(self) -> str:
        """The number that its name begins with; empty where it begins with none."""
        return self.name[: len(self.name) - len(self.name.lstrip("0123456789"))]
