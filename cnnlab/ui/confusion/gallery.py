"""A filtered grid of answers, page by page."""

from __future__ import annotations

import streamlit as st

from cnnlab.evaluation.confusion_matrix import images as images_of
from cnnlab.evaluation.prediction_filter import ORDERS
from cnnlab.ui.components import destinations, tiles
from cnnlab.ui.confusion import pager
from cnnlab.ui.confusion.answers import Answers
from cnnlab.ui.confusion.contents import GalleryView
from cnnlab.ui.state import presenting

WRONG, TRUE, PREDICTED = "confusion_gallery_wrong", "confusion_gallery_true", "confusion_gallery_predicted"
SURE, ORDER = "confusion_gallery_sure", "confusion_gallery_order"
PAGE = "confusion_page_of_gallery"
ANY = "any"


def draw(answers: Answers, view: GalleryView) -> None:
    """Draw the filters, and below them the open page of the grid."""
    head, leaf = st.columns([1.3, 1], vertical_alignment="center")
    _filters(answers)
    with head, presenting.main_view("sentence"):
        st.subheader(_sentence(view.chosen, len(answers.images)))
    if view.page:
        with leaf:
            pager.draw(view.page, jump=True)
        with presenting.main_view("images"):
            tiles.draw(view.page.tiles, key=f"{PAGE}_tiles", side=88)
        destinations.legend(answers.drawable)


def _filters(answers: Answers) -> None:
    names = [ANY, *answers.classes]
    columns = st.columns([1, 1, 1, 1.8, 1.4], vertical_alignment="bottom")
    columns[0].toggle("Wrong only", key=WRONG)
    columns[1].selectbox(f"True {answers.noun}", names, key=TRUE)
    columns[2].selectbox("Predicted", names, key=PREDICTED)
    columns[3].slider("How sure", 0, 100, key=SURE, format="%d%%")
    columns[4].selectbox("Order", ORDERS, key=ORDER)


def _sentence(chosen: int, total: int) -> str:
    if not chosen:
        return "No answer fits all of these: widen one of them."
    return f"{images_of(chosen)} of {total:,}"
