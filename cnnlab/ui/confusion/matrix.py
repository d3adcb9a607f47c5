"""The confusion matrix, and the images behind the cell that was clicked."""

from __future__ import annotations

from functools import partial

import streamlit as st

from cnnlab.charts.confusion_heatmap import CELL, difference_chart, matrix_chart
from cnnlab.evaluation import confusion_matrix
from cnnlab.evaluation.prediction_filter import page, page_count
from cnnlab.evaluation.predictions import Predictions
from cnnlab.ui.cache import loaders, predictions_cache
from cnnlab.ui.components import destinations, tiles
from cnnlab.ui.confusion import pager
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state import theme
from cnnlab.ui.state.chosen_network import choice
from cnnlab.ui.state.persistent_widgets import remember

PICKED = "picked_cell"  # (true, predicted), names; None follows the biggest mistake
COUNTS, PERCENT = "Counts", "Per cent of the row"
NOTHING = "nothing"
ROW = 4  # images beside the matrix


def draw(view: View) -> None:
    """The matrix left; right its settings and the images of one cell."""
    headline = st.empty()
    left, right = st.columns([1.42, 1], gap="medium")
    with right:
        percent, other = _settings(view)
        destinations.legend(view.drawable)
    now = view.predictions.confusion
    before = other.confusion if other else None
    cell = _cell(view, now, before)
    words = confusion_matrix.biggest_mistake(now, view.classes) if other is None else _compared(now, before, view)
    headline.subheader(words)
    with left:
        _matrix(view, now, before, cell, percent)
    with right:
        _images(view, other, cell)


def _settings(view: View) -> tuple[bool, Predictions | None]:
    """(whether per cent are wanted, the answers to compare with)."""
    remember(matrix_numbers=COUNTS, compare_run=NOTHING)
    numbers = st.segmented_control(
        "Numbers", [COUNTS, PERCENT], key="matrix_numbers", label_visibility="collapsed", required=True
    )
    runs = {
        run.name: run
        for run in loaders.runs()[0]
        if run.record["classes"] == list(view.classes) and run.record["image_shape"] == list(view.network.image_shape)
    }
    if st.session_state.compare_run not in (NOTHING, *runs):
        st.session_state.compare_run = NOTHING
    chosen_run, chosen_epoch = st.columns([2, 1])
    name = chosen_run.selectbox("Compare with", [NOTHING, *runs], key="compare_run")
    if name == NOTHING:
        return numbers == PERCENT, None
    run = runs[name]
    key = f"compare epoch of {name}"
    remember(**{key: run.epochs[0]})
    epoch = chosen_epoch.selectbox("Epoch", run.epochs, key=key)
    return numbers == PERCENT, predictions_cache.predictions(loaders.checkpoint(run, epoch), view.images)


def _cell(view: View, now, before) -> tuple[int, int]:
    """The picked cell, or as long as none is, the one the sentence speaks of; (true, predicted) as numbers."""
    picked = st.session_state.get(PICKED)
    if picked and set(picked) <= set(view.classes):
        return tuple(view.classes.index(name) for name in picked)
    ranked = confusion_matrix.mistakes(now if before is None else abs(now - before))
    return (ranked[0].true, ranked[0].predicted) if ranked else (int(now.diagonal().argmax()),) * 2


def _compared(now, before, view: View) -> str:
    chosen = choice()
    name, epoch = st.session_state.compare_run, st.session_state[f"compare epoch of {st.session_state.compare_run}"]
    where = f"epoch {epoch}" if chosen.run and chosen.run.name == name else f"{name}, epoch {epoch}"
    return f"Against {where}: {confusion_matrix.biggest_change(now, before, view.classes)}"


def _matrix(view: View, now, before, cell: tuple[int, int], percent: bool) -> None:
    shares = confusion_matrix.by_row(now) if percent else None
    if before is None:
        key, chart = "matrix", matrix_chart(now, view.classes, cell, shares, theme.dark())
    else:
        shares = shares - confusion_matrix.by_row(before) if percent else None
        key, chart = "difference", difference_chart(now, before, view.classes, cell, shares, theme.dark())
    st.altair_chart(chart, key=key, on_select=partial(_pick, key), selection_mode=CELL, width="content")


def _pick(key: str) -> None:
    """Remember the clicked cell; a click beside the cells changes nothing."""
    picked = st.session_state[key].selection[CELL]
    if picked:
        pager.first_page("page of cell", "page of came", "page of went")
        st.session_state[PICKED] = (str(picked[0]["true"]), str(picked[0]["predicted"]))


def _images(view: View, other: Predictions | None, cell: tuple[int, int]) -> None:
    true, predicted = cell
    name = f"{view.classes[true]} → {view.classes[predicted]}"
    places = confusion_matrix.cell(view.predictions, true, predicted)
    if other is None:
        _strip(view, places, f"{name}: {confusion_matrix.images(len(places))}", "surest first", "cell", 2 * ROW)
        return
    earlier = confusion_matrix.cell(other, true, predicted)
    came = [place for place in places if place not in set(earlier.tolist())]
    went = [place for place in earlier if place not in set(places.tolist())]
    _strip(view, came, f"{name}: {confusion_matrix.images(len(came))} only now", "", "came", ROW)
    _strip(view, went, f"{confusion_matrix.images(len(went))} no longer", "with the answer now", "went", ROW)


def _strip(view: View, places, title: str, note: str, key: str, size: int) -> None:
    st.markdown(f"#### {title}" + (f" :small[:gray[{note}]]" if note and len(places) else ""))
    if len(places):
        number = pager.number(f"page of {key}", page_count(len(places), size))
        tiles.draw(view.tiles(page(places, number, size)), key=f"tiles {key}")
        pager.draw(f"page of {key}", len(places), size)
