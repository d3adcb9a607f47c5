"""Call it first: put a question, see how many have answered, then show what they answered beside the truth."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnlab.charts import vote_histogram
from cnnlab.classroom.lesson import lesson
from cnnlab.classroom.phones import phones
from cnnlab.classroom.questions import Ballot, Question, Truth, own_question
from cnnlab.errors import CnnlabError
from cnnlab.ui import messages
from cnnlab.ui.classroom.ready_questions import READY, Ready
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.state import presenting
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.state.theme import dark
from cnnlab.ui.state.visitor import may_change, reserved

PICTURE = 260  # CSS pixels
OWN = "A question of your own"
KINDS = ("yes or no", "number", "choices")
PROBLEM = "classroom_vote_problem"  # session-state key: what went wrong in a callback
TRUTH = "classroom_truth"  # session-state key: the teacher's own answer


def draw() -> None:
    """Draw the question that is put, or the choice of one."""
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)
    if ballot := lesson.ballot:
        _asked(ballot)
    elif may_change():
        _choose()
    else:
        with presenting.main_view("none"):
            st.info("No question is put.")


def _choose() -> None:
    remember(classroom_ready=next(iter(READY)))
    kind = from_list(st.container(), "Question", [*READY, OWN], key="classroom_ready")
    try:
        ready = _own() if kind == OWN else READY[kind]()
    except (CnnlabError, OSError) as error:
        messages.problem(error)
        return
    if ready is None:
        return
    with presenting.main_view("question"):
        st.header(messages.plain(ready.question.text), anchor=False)
        if ready.question.picture:
            st.image(ready.question.picture, width=PICTURE)
    with presenting.main_view("ask"):
        reserved(
            st.button, "Ask the class", key="classroom_ask", type="primary", icon=":material/campaign:",
            on_click=partial(lesson.ask, *ready),
        )  # fmt: skip


def _own() -> Ready | None:
    remember(classroom_kind=KINDS[0], classroom_text="", classroom_choices="")
    text = st.text_input("The question", key="classroom_text", max_chars=200)
    kind = st.segmented_control("Answers", KINDS, key="classroom_kind", required=True)
    lines = st.text_area("Choices, one a line", key="classroom_choices", max_chars=500) if kind == "choices" else ""
    if not text.strip():
        st.caption("Write a question: what do they think will happen?")
        return None
    return Ready(own_question(text, str(kind), lines.splitlines()), None)


def _asked(ballot: Ballot) -> None:
    question = ballot.question
    with presenting.main_view("question"):
        if question.picture:
            picture, words = st.columns([1, 3], vertical_alignment="center")
            picture.image(question.picture, width=PICTURE)
        else:
            words = st.container()
    with words:
        st.title(messages.plain(question.text), anchor=False)
        if not ballot.revealed:
            st.header(f"{len(ballot.votes)} of {max(phones.count, len(ballot.votes))} have answered", anchor=False)
    if ballot.revealed:
        with presenting.main_view("answers"):
            _result(ballot)
    elif may_change():
        with presenting.main_view("reveal"):
            _before_revealing(ballot)
    with presenting.main_view("next"):
        if ballot.revealed:
            reserved(
                st.button, "Next question", key="classroom_next", icon=":material/arrow_forward:",
                on_click=lesson.end_question,
            )  # fmt: skip
        else:
            reserved(st.button, "Take the question back", key="classroom_end", on_click=lesson.end_question)


def _before_revealing(ballot: Ballot) -> None:
    if ballot.measure is None:
        with st.popover("Reveal", icon=":material/visibility:", type="primary"):
            _own_truth(ballot.question)
            reserved(st.button, "Show the answers", key="classroom_reveal_own", on_click=_reveal_own)
        return
    reserved(
        st.button, "Reveal", key="classroom_reveal", type="primary", icon=":material/visibility:",
        on_click=partial(_reveal_measured, ballot.measure),
    )  # fmt: skip


def _own_truth(question: Question) -> None:
    if question.choices:
        choices = question.choices
        st.selectbox(
            "The truth, if there is one", range(len(choices)), key=TRUTH, index=None, format_func=choices.__getitem__
        )
    else:
        st.number_input("The truth, if there is one", value=None, key=TRUTH)


def _reveal_own() -> None:
    try:
        lesson.reveal(st.session_state.get(TRUTH))
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)


def _reveal_measured(measure: Truth) -> None:
    try:
        truth = measure()
        if truth is None:
            raise CnnlabError("The truth is not known yet: let the training go on.")
        lesson.reveal(truth)
    except (CnnlabError, OSError) as error:
        st.session_state[PROBLEM] = str(error)


def _result(ballot: Ballot) -> None:
    question, votes = ballot.question, list(ballot.votes.values())
    if ballot.truth is not None:
        st.header(f"It is {messages.plain(question.words(ballot.truth))}.", anchor=False)
    if not votes:
        st.markdown("Nobody has answered.")
        return
    if question.choices:
        place = None if ballot.truth is None else int(ballot.truth)
        chart = vote_histogram.of_choices(ballot.counts(), place, dark())
    else:
        chart = vote_histogram.of_numbers(votes, ballot.truth, question.unit, dark())
    st.altair_chart(chart, key="classroom_votes")
    if ballot.truth is not None:
        right = ballot.nearest()
        what = "right" if question.choices else "nearest"
        st.subheader(f"{right} of {len(votes)} {'was' if right == 1 else 'were'} {what}.", anchor=False)
