"""Which lesson this tab is in, and at which step: it goes on from page to page, and stands in the address."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from cnnlab.lessons import course
from cnnlab.lessons.steps import Lesson, Step
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import flag, one_of, whole

LESSON, STEP, REVEALED = "shared_lesson", "shared_lesson_step", "shared_lesson_revealed"  # session-state keys
OF_TAB = {"present"}  # what an address says of the tab, whatever is seen in it
CHOSEN = {"run", "epoch", "live"}


@dataclass(frozen=True)
class Place:
    """Where in a lesson; number: the step's, from 1; revealed: whether the answer to its question is out."""

    lesson: Lesson
    number: int
    revealed: bool = False

    @property
    def step(self) -> Step:
        """The step itself."""
        return self.lesson.steps[self.number - 1]


def current() -> Place | None:
    """Where this tab is, None outside of lessons; its address says so.

    Raises CnnlabError where the lesson cannot be read any more.
    """
    state = st.session_state
    names = one_of(course.names(), str)
    address.says("lesson", names, None, lambda: state.get(LESSON), lambda name: state.update({LESSON: name}))
    if state.get(LESSON) is None:
        return None
    found = course.lesson(state[LESSON])
    numbers = whole(1, len(found.steps))
    address.says(
        "step", numbers, 1, lambda: state.get(STEP, 1), lambda number: state.update({STEP: number}), always=True
    )
    number = state[STEP] = min(state.get(STEP, 1), len(found.steps))  # the file may have fewer by now
    asks = found.steps[number - 1].question is not None
    if asks:
        address.says(
            "revealed", flag(), False,
            lambda: state.get(REVEALED, False), lambda value: state.update({REVEALED: value}),
        )  # fmt: skip
    return Place(found, number, asks and state.get(REVEALED, False))


def go(place: Place) -> None:
    """Show what the step's link says, or what it reveals, on its page; ends the run.

    The network that is chosen stays where the link names no run.
    """
    step = place.step
    link = step.revealed if place.revealed and step.revealed else step.link
    asked = {**link.query, "lesson": (place.lesson.name,), "step": (str(place.number),)}
    if place.revealed:
        asked["revealed"] = ("1",)
    address.visit(link.page, asked, OF_TAB if "run" in link.query else OF_TAB | CHOSEN)


def reveal() -> None:
    """Let the answer be out while what is seen stays."""
    st.session_state[REVEALED] = True


def leave() -> None:
    """End the lesson; the page stays as it is."""
    st.session_state[LESSON] = None
