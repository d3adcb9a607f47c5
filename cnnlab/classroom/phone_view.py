"""What a phone shows, as it is told: wait, draw, answer a question, see the truth."""

from __future__ import annotations

from typing import Any

from cnnlab.classroom.lesson import Lesson


def view(lesson: Lesson, phone: str) -> dict[str, Any]:
    """`mode`: closed, wait, draw, vote or reveal; with the question, this phone's answer and the truth, where due."""
    switches, ballot = lesson.switches, lesson.ballot
    if not switches.is_open:
        return {"mode": "closed"}
    if ballot and switches.vote:
        mine = ballot.votes.get(phone)
        told = {"key": ballot.key, "question": ballot.question.payload(), "mine": mine}
        if not ballot.revealed:
            return {"mode": "vote", **told}
        words = ballot.question.words
        return {
            "mode": "reveal",
            **told,
            "truth": None if ballot.truth is None else words(ballot.truth),
            "said": None if mine is None else words(mine),
        }
    return {"mode": "draw" if switches.draw and lesson.reader else "wait"}
