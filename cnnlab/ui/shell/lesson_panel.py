"""The slim panel of a lesson above the live page: the step's text, its question, and the way to the next step."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.charts import palette
from cnnlab.classroom.lesson import lesson as room
from cnnlab.classroom.phones import phones
from cnnlab.classroom.questions import Ballot
from cnnlab.errors import CnnlabError
from cnnlab.ui import messages
from cnnlab.ui.state import lesson_place
from cnnlab.ui.state.lesson_place import Place
from cnnlab.ui.state.theme import dark
from cnnlab.ui.state.visitor import may_change, reserved

PANEL = "shared_lesson_panel"  # key of the container
SECONDS = 1.0  # from one look at the votes to the next
STYLE = """
<style>
[data-testid="stMainBlockContainer"]:has(.st-key-shared_lesson_panel) {{ padding-top: 0.6rem; }}
[data-testid="stLayoutWrapper"]:has(> .st-key-shared_lesson_panel) {{ position: sticky; top: 0; z-index: 99; }}
.st-key-shared_lesson_panel {{ padding: 0.4rem 1rem 0.6rem; background: {panel}; border-left: 6px solid {edge};
  border-radius: 0 8px 8px 0; box-shadow: 0 8px 12px -10px {shadow}; }}
.st-key-shared_lesson_panel [data-testid="stMarkdownContainer"] p {{ font-size: 1.06rem; line-height: 1.35; }}
.st-key-shared_lesson_panel button {{ min-height: 2.1rem; padding: 0 0.7rem; }}
.st-key-shared_lesson_panel button p {{ font-size: 0.95rem !important; white-space: nowrap !important; }}
@media (min-width: 1600px) and (min-height: 900px) {{ /* a projector */
  .st-key-shared_lesson_panel [data-testid="stMarkdownContainer"] p {{ font-size: 1.25rem; }}
}}
@media (max-width: 1000px), (max-height: 700px) {{ /* it would cover half of the page */
  [data-testid="stMainBlockContainer"]:has(.st-key-shared_lesson_panel) {{ padding-top: 3.8rem; }}
  [data-testid="stLayoutWrapper"]:has(> .st-key-shared_lesson_panel) {{ position: static; }}
  .st-key-shared_lesson_head {{ flex-wrap: wrap !important; }}
}}
</style>
"""


def draw() -> None:
    """Draw the panel where this tab is in a lesson; call once in a script run, before the page."""
    try:
        place = lesson_place.current()
    except CnnlabError as error:
        messages.problem(error)
        st.button("Leave the lesson", key="shared_lesson_leave", on_click=lesson_place.leave)
        return
    if place is None:
        return
    st.html(STYLE.format(panel=palette.PANEL[dark()], edge=palette.BLUE, shadow=palette.BLACK))
    with st.container(key=PANEL, gap="xsmall"):
        _head(place)
        st.markdown(place.step.text)
        if place.step.question:
            _question(place)


def _head(place: Place) -> None:
    """Where this is, and the buttons that lead on."""
    step, steps = place.step, len(place.lesson.steps)
    row = st.container(horizontal=True, vertical_alignment="center", gap="xsmall", wrap=False, key="shared_lesson_head")
    row.markdown(
        f"**{step.title}** :gray[· {messages.plain(place.lesson.title)} · step {place.number} of {steps}]",
        width="stretch",
    )
    if row.button(
        "Previous", key="shared_lesson_previous", icon=":material/arrow_back:", disabled=place.number == 1
    ):  # fmt: skip
        lesson_place.go(Place(place.lesson, place.number - 1))
    last = place.number == steps
    if not last and row.button("Next", key="shared_lesson_next", icon=":material/arrow_forward:", type="primary"):
        lesson_place.go(Place(place.lesson, place.number + 1))
    if row.button(
        "Show it again", key="shared_lesson_again", icon=":material/replay:", type="tertiary",
        help="Open what this step is about, wherever you have gone.",
    ):  # fmt: skip
        lesson_place.go(place)
    row.button(
        "Finish" if last else "Leave", key="shared_lesson_leave", icon=":material/close:",
        type="primary" if last else "tertiary", on_click=lesson_place.leave,
    )  # fmt: skip


def _question(place: Place) -> None:
    """What is to be called first, with its answers; then what is revealed."""
    step = place.step
    assert step.question
    asked = room.ballot if room.ballot and room.ballot.question == step.question else None
    row = st.container(horizontal=True, vertical_alignment="center", gap="small")
    row.markdown(f":material/front_hand: **{messages.plain(step.question.text)}**", width="content")
    guess = row.segmented_control(
        "Your answer",
        step.question.choices,
        key=f"shared_lesson_guess_{place.lesson.name}_{place.number}",
        format_func=messages.plain,
        label_visibility="collapsed",
        disabled=place.revealed,
    )
    if place.revealed:
        _revealed(place, guess)
    else:
        _before(row, place, asked)
    if asked:
        st.fragment(_votes, run_every=None if place.revealed else SECONDS)(place)


def _before(row: DeltaGenerator, place: Place, asked: Ballot | None) -> None:
    """The buttons that put the question to the phones and reveal the answer."""
    step = place.step
    if row.button("Reveal", key="shared_lesson_reveal", icon=":material/visibility:", type="primary"):
        if asked and may_change():
            room.reveal(step.truth)
        if step.revealed:
            lesson_place.go(replace(place, revealed=True))
        lesson_place.reveal()
        st.rerun()
    if room.switches.is_open and not asked and step.question:
        measure = None if step.truth is None else partial(int, step.truth)
        reserved(
            row.button, "Ask the class", key="shared_lesson_ask", icon=":material/campaign:",
            on_click=partial(room.ask, step.question, measure),
        )  # fmt: skip


def _revealed(place: Place, guess: str | None) -> None:
    step = place.step
    assert step.question
    right = "" if step.truth is None else f"**{messages.plain(step.question.choices[step.truth])}.** "
    said = ""
    if guess is not None and step.truth is not None:
        said = "You called it. " if guess == step.question.choices[step.truth] else "Not what you called. "
    st.markdown(f":material/visibility: {said}{right}{step.reveal}")


def _votes(place: Place) -> None:
    """How many phones have answered; what, once it is revealed."""
    ballot = room.ballot
    if ballot is None or ballot.question != place.step.question:
        return
    if place.revealed:
        counts = " · ".join(f"{messages.plain(choice)}: **{votes}**" for choice, votes in ballot.counts())
        st.markdown(f"The class: {counts}")
    else:
        st.markdown(f"{len(ballot.votes)} of {max(phones.count, len(ballot.votes))} phones have answered.")
