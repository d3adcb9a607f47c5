"""A grid of answers to leaf through."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.confusion_matrix import images as images_of
from cnnlab.evaluation.prediction_filter import ORDERS, Filter, choose, page, page_count
from cnnlab.ui.components import destinations, tiles
from cnnlab.ui.confusion import pager
from cnnlab.ui.confusion.view import View
from cnnlab.ui.state.persistent_widgets import remember

PAGE = 30
ANY, NUMBER = "any", "page of gallery"


def draw(view: View) -> None:
    """The filters over the grid."""
    head, leaf = st.columns([1.3, 1], vertical_alignment="center")
    places = choose(view.predictions, _filter(view))
    head.subheader(_sentence(len(places), len(view.images)))
    if len(places):
        with leaf:
            pager.draw(NUMBER, len(places), PAGE, jump=True)
        number = pager.number(NUMBER, page_count(len(places), PAGE))
        tiles.draw(view.tiles(page(places, number, PAGE)), key="tiles gallery", side=88)
        destinations.legend(view.drawable)


def _filter(view: View) -> Filter:
    remember(
        gallery_wrong=True,
        gallery_true=ANY,
        gallery_predicted=ANY,
        gallery_sure=(0, 100),
        gallery_order=ORDERS[0],
    )
    names = [ANY, *view.classes]
    for key in ("gallery_true", "gallery_predicted"):
        if st.session_state[key] not in names:
            st.session_state[key] = ANY
    columns = st.columns([1, 1, 1, 1.8, 1.4], vertical_alignment="bottom")
    wrong = columns[0].toggle("Wrong only", key="gallery_wrong")
    true = columns[1].selectbox(f"True {view.noun}", names, key="gallery_true")
    predicted = columns[2].selectbox("Predicted", names, key="gallery_predicted")
    lowest, highest = columns[3].slider("How sure", 0, 100, key="gallery_sure", format="%d%%")
    order = columns[4].selectbox("Order", ORDERS, key="gallery_order")
    return Filter(wrong, _number(true, view), _number(predicted, view), lowest / 100, highest / 100, order)


def _number(name: str, view: View) -> int | None:
    return None if name == ANY else view.classes.index(name)


def _sentence(chosen: int, total: int) -> str:
    if not chosen:
        return "No answer fits all of these: widen one of them."
    return f"{images_of(chosen)} of {total:,}"
