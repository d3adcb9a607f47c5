"""The confusion matrix, and the images behind the cell that was clicked."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnlab.charts.confusion_heatmap import CELL, WIDTH
from cnnlab.ui.components import destinations, film_maker, tiles
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.confusion import epoch_charts, pager
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import MatrixView, Numbers, Refusal, Strip
from cnnlab.ui.state import presenting, theme

NUMBERS, COMPARED = "confusion_numbers", "confusion_compared_run"  # keys of widgets
TRUE, PREDICTED = "confusion_true_of_cell", "confusion_predicted_of_cell"
PICKED = "confusion_picked_cell"  # state: (true, predicted), names; unset, the biggest mistake is followed
CELL_PAGE, CAME_PAGE, WENT_PAGE = "confusion_page_of_cell", "confusion_page_of_came", "confusion_page_of_went"
COUNTS, PERCENT = "Counts", "Per cent of the row"
NOTHING = "nothing"


def epoch_key(run: str) -> str:
    """The key of the choice of an epoch of `run` to compare with."""
    return f"confusion_compared_epoch_of_{run}"


def draw(answers: Answers, view: MatrixView) -> None:
    """Draw the matrix left; right its settings and the images of one cell."""
    with presenting.main_view("sentence"):
        headline = st.empty()
    left, right = st.columns([1.42, 1], gap="medium")
    with right:
        _settings(view)
        if isinstance(view.shown, Refusal):
            if view.shown.damaged:
                st.error(view.shown.sentence, icon=":material/error:")
            else:
                st.warning(view.shown.sentence)
            return
        destinations.legend(answers.drawable)
    headline.subheader(view.shown.sentence)
    with right:
        _cell(view.shown.numbers.cell, answers)
    with left, presenting.main_view("matrix"), st.container(width=WIDTH):  # less where the column is narrower
        _matrix(view.shown.numbers, answers.classes)
    with left:
        film_maker.draw(view.shown.film)
    with right, presenting.main_view("cell"):
        for strip in view.shown.strips:
            _strip(strip)


def _settings(view: MatrixView) -> None:
    st.segmented_control("Numbers", [COUNTS, PERCENT], key=NUMBERS, label_visibility="collapsed", required=True)
    chosen_run, chosen_epoch = st.columns([2, 1])
    name = from_list(chosen_run, "Compare with", [NOTHING, *view.runs], key=COMPARED)
    if view.epochs:
        chosen_epoch.selectbox("Epoch", view.epochs, key=epoch_key(name))


def _cell(cell: tuple[int, int], answers: Answers) -> None:
    """The cell by its names: without a mouse, and where a hundred classes make small cells."""
    for place, key, label, number in zip(
        st.columns(2), (TRUE, PREDICTED), (f"Cell: the {answers.noun}", "read as"), cell, strict=True
    ):
        st.session_state[key] = answers.classes[number]  # a click on the matrix may have changed it
        from_list(place, label, answers.classes, key=key, on_change=_name)


def _name() -> None:
    _go_to((st.session_state[TRUE], st.session_state[PREDICTED]))


def _matrix(shown: Numbers, classes: tuple[str, ...]) -> None:
    key = "confusion_matrix" if shown.before is None else "confusion_difference"
    chart = presenting.fitted(epoch_charts.matrix(shown, classes, theme.dark()), 580)
    st.altair_chart(chart, key=key, on_select=partial(_pick, key), selection_mode=CELL, width="stretch")


def _pick(key: str) -> None:
    """Remember the clicked cell; a click beside the cells changes nothing."""
    picked = st.session_state[key].selection[CELL]
    if picked:
        _go_to((str(picked[0]["true"]), str(picked[0]["predicted"])))


def _go_to(cell: tuple[str, str]) -> None:
    pager.first_page(CELL_PAGE, CAME_PAGE, WENT_PAGE)
    st.session_state[PICKED] = cell


def _strip(strip: Strip) -> None:
    st.markdown(f"#### {strip.title}" + (f" :small[:gray[{strip.note}]]" if strip.note and strip.page else ""))
    if strip.page:
        tiles.draw(strip.page.tiles, key=f"{strip.page.key}_tiles")
        pager.draw(strip.page)
