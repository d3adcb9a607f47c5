"""Call it first: a question, what phones answer, and the truth that is shown beside their answers."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

from cnnlab.errors import CnnlabError

LONGEST_TEXT, LONGEST_CHOICE, MOST_CHOICES = 200, 60, 6
LARGEST = 1e9  # of numbers that can be asked for
YES_NO = ("Yes", "No")

Truth = Callable[[], float | int | None]
"""Measures the truth, as Question.answer gives it; None while it cannot be known."""


@dataclass(frozen=True)
class Question:
    """choices: what can be answered; empty where a number is asked for, from `low` to `high` in `unit`.

    picture: what is asked about, a PNG as a data address; empty where there is none. Raises CnnlabError, which says
    what is wrong with it.
    """

    text: str
    choices: tuple[str, ...] = ()
    unit: str = ""
    low: float = 0.0
    high: float = LARGEST
    picture: str = ""

    def __post_init__(self):
        if not self.text.strip() or len(self.text) > LONGEST_TEXT:
            raise CnnlabError(f"The question has {len(self.text)} characters: it must have 1 to {LONGEST_TEXT}.")
        if self.choices and not 2 <= len(self.choices) <= MOST_CHOICES:
            raise CnnlabError(f"There are {len(self.choices)} choices: there must be 2 to {MOST_CHOICES}.")
        if len(set(self.choices)) < len(self.choices):
            raise CnnlabError("Two of the choices are the same: give each its own words.")
        for choice in self.choices:
            if not choice.strip() or len(choice) > LONGEST_CHOICE:
                raise CnnlabError(
                    f"The choice {choice[:LONGEST_CHOICE]!r} has {len(choice)} characters: "
                    f"it must have 1 to {LONGEST_CHOICE}."
                )

    def answer(self, said: object) -> float | int:
        """What a phone said as a number, or as the place of a choice. Raises CnnlabError for anything else."""
        if self.choices:
            if type(said) is not int or not 0 <= said < len(self.choices):
                raise CnnlabError(f"The answer is {str(said)[:40]!r}: choose one of the {len(self.choices)} answers.")
            return said
        # an int of any length is a number, too, and float() of it may overflow
        fits = type(said) in (int, float) and -LARGEST <= said <= LARGEST and math.isfinite(said)  # type: ignore[operator, arg-type]
        if not fits or not self.low <= float(said) <= self.high:  # type: ignore[arg-type]
            raise CnnlabError(
                f"The answer is {str(said)[:40]!r}: it must be a number from {self.low:g} to {self.high:g}."
            )
        return float(said)  # type: ignore[arg-type]

    def words(self, answer: float | int) -> str:
        """An answer as it is written: a choice, or a number with its unit."""
        return self.choices[int(answer)] if self.choices else f"{answer:,.6g}{self.unit}"

    def payload(self) -> dict[str, Any]:
        """What a phone is told."""
        return {
            "text": self.text,
            "choices": list(self.choices),
            "unit": self.unit,
            "low": self.low,
            "high": self.high,
            "picture": self.picture,
        }


@dataclass(frozen=True)
class Ballot:
    """A question that was put: what each phone answers, its last word counts, and the truth once it is revealed."""

    question: Question
    key: str
    measure: Truth | None = None  # what knows the truth when it is to be revealed
    votes: Mapping[str, float | int] = field(default_factory=dict)  # of each phone; not to be changed
    revealed: bool = False
    truth: float | int | None = None  # None where there is none, or not yet

    @classmethod
    def of(cls, question: Question, measure: Truth | None) -> Ballot:
        """Nobody has voted yet."""
        return cls(question, uuid4().hex[:8], measure)

    def with_vote(self, phone: str, said: object) -> Ballot:
        """With this phone's answer. Raises CnnlabError for one that cannot be, and once the truth is out."""
        if self.revealed:
            raise CnnlabError("The answer is out: no more votes are taken.")
        return replace(self, votes={**self.votes, phone: self.question.answer(said)})

    def reveal(self, truth: float | int | None) -> Ballot:
        """Show the votes, beside the truth where there is one. Raises CnnlabError for one that cannot be."""
        return replace(self, revealed=True, truth=None if truth is None else self.question.answer(truth))

    def counts(self) -> list[tuple[str, int]]:
        """(choice, votes) for each choice, in their order."""
        counted = Counter(self.votes.values())
        return [(choice, counted[place]) for place, choice in enumerate(self.question.choices)]

    def nearest(self) -> int:
        """How many phones were right; for a number, how many were as near as the nearest."""
        if self.truth is None or not self.votes:
            return 0
        if self.question.choices:
            return sum(vote == self.truth for vote in self.votes.values())
        distances = [abs(vote - self.truth) for vote in self.votes.values()]
        return distances.count(min(distances))


def own_question(text: str, kind: str, choices: Sequence[str] = ()) -> Question:
    """A question in the teacher's words; kind: "number", "yes or no" or "choices". Raises CnnlabError."""
    if kind == "number":
        return Question(text, low=-LARGEST)
    if kind == "yes or no":
        return Question(text, YES_NO)
    told = tuple(choice.strip() for choice in choices if choice.strip())
    if not told:
        raise CnnlabError(f"There are no choices: write 2 to {MOST_CHOICES}, one a line.")
    return Question(text, told)
