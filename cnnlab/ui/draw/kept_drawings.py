"""The class's own test set: keep a drawing, see how many are classified correctly, save and load the set."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import streamlit as st

from cnnlab.charts.drawing_strips import gallery
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.classroom_set import ClassroomSet
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.predictions import Predictions, predict
from cnnlab.runs.store import Checkpoint
from cnnlab.ui import messages
from cnnlab.ui.cache import class_drawings
from cnnlab.ui.components import accuracy_pair, pixel_grid
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.state.visitor import reserved, upload

MOST_SHOWN = 60  # drawings in the gallery
WHO = "draw_who"  # key of the field for whose drawing it is
SAID = "draw_kept"  # session-state key: what is to be said once
Result = TypeVar("Result")


def keep(image: np.ndarray | None) -> None:
    """Draw the ten buttons that keep the drawing `image`, uint8 [28, 28], as a digit, and whose it is."""
    remember(**{WHO: ""})
    if said := st.session_state.pop(SAID, None):
        st.toast(said)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown("Keep as", width="content")
        for digit in range(10):
            key = f"draw_keep_as_{digit}"
            if reserved(st.button, str(digit), key=key, disabled=image is None) and image is not None:
                _add(image, digit)
        st.text_input(
            "Drawn by (optional)",
            key=WHO,
            max_chars=classroom_set.NAME_LENGTH,
            placeholder="drawn by (optional)",
            label_visibility="collapsed",
            width=190,
        )


def _add(image: np.ndarray, digit: int) -> None:
    """Keep the drawing, then draw the whole page again: the set stands below, outside of this fragment."""
    if kept := _tried(lambda: classroom_set.add(image, digit, st.session_state[WHO])):
        st.session_state[SAID] = f"Kept: the class has {len(kept)} drawing{'s' * (len(kept) != 1)} now."
        st.rerun()


def show(network: Checkpoint) -> None:
    """Draw the accuracy on the class's drawings beside MNIST's, the gallery, and how to save and load the set."""
    drawings = _tried(class_drawings.read)
    if drawings is None:
        return
    if not len(drawings):
        st.info("No drawings yet: draw a digit above and press which one it is.")
    else:
        ours = predict(network.model, drawings.dataset())
        accuracy_pair.draw("Our class", int(ours.right.sum()), len(drawings), network)
        _gallery(drawings, ours)
    save, bring, remove = st.columns(3)
    save.download_button(
        "Download the set",
        drawings.to_bytes(),
        "our-class.npz",
        disabled=not len(drawings),
        icon=":material/download:",
        width="stretch",
    )
    with bring.expander("Add a set from a file", icon=":material/upload:"):
        _upload()
    if len(drawings):
        with remove.expander("Remove a drawing", icon=":material/delete:"):
            _remove(drawings)


def _gallery(drawings: ClassroomSet, ours: Predictions) -> None:
    newest = list(range(len(drawings)))[::-1][:MOST_SHOWN]
    right = [bool(ours.predicted[at] == ours.labels[at]) for at in newest]
    titles = [
        f"{drawings.labels[at]}" + ("" if good else f" → {ours.predicted[at]}") + f" {drawings.names[at]}".rstrip()
        for at, good in zip(newest, right, strict=True)
    ]
    pixel_grid.draw(gallery(drawings.images[newest], titles, right), key="draw_classroom")
    if len(drawings) > MOST_SHOWN:
        st.caption(f"The newest {MOST_SHOWN} of {len(drawings)} drawings.")


def _upload() -> None:
    with st.form("draw_add_set", clear_on_submit=True, border=False):
        file = upload(st, "An .npz from here, or a .zip of PNGs named like 4-anna.png", ["npz", "zip"])
        if reserved(st.form_submit_button, "Add its drawings") and file is not None:
            added = _tried(lambda: classroom_set.upload(file.name, file.getvalue()))
            if added:
                kept, new = added
                st.toast(f"{new} new drawing{'s' * (new != 1)}: the class has {len(kept)} now.")
                st.rerun()


def _remove(drawings: ClassroomSet) -> None:
    names = {
        each: f"{label} {name}".strip()
        for each, label, name in zip(drawings.ids, drawings.labels, drawings.names, strict=True)
    }
    numbered = {each: f"{place}: {names[each]}" for place, each in enumerate(reversed(drawings.ids), start=1)}
    chosen = st.selectbox("Which one? (1 is the newest)", list(numbered), format_func=numbered.__getitem__, index=None)
    if chosen is None:
        return
    if st.session_state.get("draw_removing") != chosen:
        reserved(st.button, "Remove it", on_click=lambda: st.session_state.update(draw_removing=chosen))
    else:
        remove = partial(_tried, lambda: classroom_set.remove(chosen))
        reserved(st.button, "Really remove it?", type="primary", on_click=remove)


def _tried(action: Callable[[], Result]) -> Result | None:
    """The action's result; None where it raises a CnnlabError, whose sentence is shown."""
    try:
        return action()
    except CnnlabError as error:
        messages.problem(error)
        return None
