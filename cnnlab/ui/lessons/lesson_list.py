"""One card for every lesson: what it is for, for whom, how long it takes, its steps, and where it begins."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnlab.lessons.steps import Lesson
from cnnlab.ui import messages
from cnnlab.ui.state import lesson_place, presenting
from cnnlab.ui.state.lesson_place import Place


def draw(lessons: Sequence[Lesson], current: str | None) -> None:
    """Draw the cards, two in a row, three while this tab presents; current: the lesson that this tab is in."""
    across, gap = (3, 4) if presenting.on() else (2, 16)  # pixels
    for first in range(0, len(lessons), across):
        for column, each in zip(st.columns(across), lessons[first : first + across], strict=False):
            with column.container(border=True, height="stretch", gap=gap):
                _card(each, each.name == current)


def _card(lesson: Lesson, here: bool) -> None:
    number = f"{lesson.number} · " if lesson.number else ""
    st.markdown(f"#### {number}{messages.plain(lesson.title)}\n\n{messages.plain(lesson.purpose)}")
    st.caption(f"{lesson.minutes} minutes · for {messages.plain(lesson.audience)}")
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    if row.button(
        "Begin again" if here else "Begin", key=f"lessons_begin_{lesson.name}", icon=":material/play_arrow:",
        type="secondary" if here else "primary",
    ):  # fmt: skip
        lesson_place.go(Place(lesson, 1))
    with row.popover(f"{len(lesson.steps)} steps", icon=":material/list:", key=f"lessons_steps_{lesson.name}"):
        st.markdown("\n".join(f"1. {step.title}" for step in lesson.steps))
