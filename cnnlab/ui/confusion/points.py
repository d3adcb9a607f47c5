"""Every image as a point on a map of what a layer gives."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import streamlit as st

from cnnlab.charts.point_map import POINT, many_wrong
from cnnlab.common.text import counted
from cnnlab.evaluation.tsne_queue import Maps
from cnnlab.ui import messages
from cnnlab.ui.components import destinations, film_maker, tiles
from cnnlab.ui.confusion import epoch_charts, space
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import FailedTsne, FlatMap, NoTsne, PointsView, SpaceMap, TsneInProgress
from cnnlab.ui.state import presenting, theme
from cnnlab.ui.state.visitor import reserved

LAYER, METHOD = "confusion_map_layer", "confusion_map_method"  # keys of widgets
PCA, TSNE, SPACE = "PCA", "t-SNE", "PCA in 3-D"
CHART = "confusion_points"
NUMBER = "confusion_number_of_point"
CHOSEN = "confusion_chosen_point"  # state: the clicked image's number in its set
POLL_SECONDS = 0.5


def draw(answers: Answers, view: PointsView) -> None:
    """Draw the map left; right the layer, the method, and the image that was clicked."""
    with presenting.main_view("sentence"):
        st.subheader(view.sentence)
    left, right = st.columns([2.1, 1], gap="medium")
    with right:
        _settings(view.layers)
    if isinstance(view.shown, SpaceMap):
        space.draw(answers, view.shown, left, right)
        return
    with right, st.container():  # progress comes and goes in a place of its own, so that nothing below moves
        _missing(view.shown.missing)
    with left, presenting.main_view("map"):
        _map(answers, view.shown)
    with left:
        film_maker.draw(view.shown.film)
    with right:
        _details(answers, view.shown)


def _settings(layers: list[str]) -> None:
    last = layers[-1]
    st.select_slider("Layer", layers, key=LAYER, format_func=lambda name: "logits" if name == last else name)
    st.segmented_control("Method", [PCA, TSNE, SPACE], key=METHOD, required=True, label_visibility="collapsed")


def _map(answers: Answers, shown: FlatMap) -> None:
    chart = epoch_charts.points(shown.points, answers.predictions, shown.place, theme.dark())
    st.altair_chart(
        presenting.fitted(chart, 580),
        key=CHART,
        on_select=lambda: _pick(answers.images.indices),
        selection_mode=POINT,
    )


def _pick(indices: np.ndarray) -> None:
    picked = st.session_state[CHART].selection[POINT]
    if picked:
        st.session_state[CHOSEN] = int(indices[int(picked[0]["place"])])


def _number(indices: np.ndarray, place: int) -> None:
    """The image by its number: without a mouse."""
    st.session_state[NUMBER] = int(indices[place])  # a click on the map may have changed it
    st.number_input("Image", 0, int(indices.max()), key=NUMBER, on_change=lambda: _nearest(indices))


def _nearest(indices: np.ndarray) -> None:
    wanted = st.session_state[NUMBER]
    st.session_state[CHOSEN] = int(indices[abs(indices - wanted).argmin()])


def _missing(missing: NoTsne | FailedTsne | TsneInProgress | None) -> None:
    if isinstance(missing, NoTsne):
        st.info(f"No t-SNE {missing.reason}: this is PCA.")
    elif isinstance(missing, FailedTsne):
        messages.problem(missing.error)
        reserved(st.button, "Try again", on_click=missing.retry)
    elif missing:
        st.fragment(_progress, run_every=POLL_SECONDS)(missing.queue, missing.key)


def _progress(queue: Maps, key: Hashable) -> None:
    now = queue.progress(key)
    if now is None:
        st.rerun()
    done, before = now
    waiting = f"t-SNE waits for {counted(before, 'other piece')} of work" if before else f"t-SNE: {done:.0%}"
    st.progress(done, f"{waiting}. Until then this is PCA.")
    if reserved(st.button, "Cancel", icon=":material/close:"):
        queue.cancel(key)
        st.session_state[METHOD] = PCA
        st.rerun()


def _details(answers: Answers, shown: FlatMap) -> None:
    marked = "Hollow" if many_wrong(answers.predictions.labels, answers.predictions.predicted) else "Ringed"
    st.caption(f"{marked}: wrong answers. Click a point to see its image, or type its number.")
    with st.container(width=180):
        _number(answers.images.indices, shown.place)
        tiles.draw([shown.tile], key="confusion_point_tile", side=160)
    destinations.legend(answers.drawable)
    if shown.variance is not None:
        st.caption(f"These two directions hold {shown.variance:.0%} of the differences between the images.")
