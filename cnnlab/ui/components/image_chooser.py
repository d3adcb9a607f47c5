"""Choosing the image that a network looks at: a test image, the last drawing, or a picture file."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.data.drawing.photographs import read_picture
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.data.image_decoding import fitted
from cnnlab.errors import CnnlabError
from cnnlab.runs.store import Checkpoint
from cnnlab.ui import messages
from cnnlab.ui.cache import inspection
from cnnlab.ui.state import address, shared_image
from cnnlab.ui.state.address_kinds import one_of, whole
from cnnlab.ui.state.shared_image import SharedImage
from cnnlab.ui.state.visitor import upload
from cnnlab.ui.wording import reads_drawings, size, thing

INDEX, SOURCE, DIGIT, TAKEN, MOVE = (
    "image_chooser_index",
    "image_chooser_source",
    "image_chooser_digit",
    "image_chooser_taken",
    "image_chooser_move",
)
TEST, DRAWING, UPLOAD = "Test image", "Last drawing", "Upload"
ANY = "any"


def draw(network: Checkpoint, start: int = 0) -> SharedImage:
    """Draw the row of widgets; return the chosen image, of the shape that the network takes.

    start: the test image that is shown until another one is chosen.
    """
    _take_sent()
    columns = st.columns([2.2, 1, 1, 1, 1.2], vertical_alignment="bottom")
    sources = [TEST, DRAWING, UPLOAD] if reads_drawings(network) else [TEST, UPLOAD]
    test = inspection.test_images(network)
    address.remember("from", SOURCE, one_of(sources), TEST)
    address.remember("image", INDEX, whole(0, len(test) - 1), start)
    address.remember("of", DIGIT, one_of([ANY, *test.classes], str), ANY)
    source = columns[0].segmented_control("Image", sources, key=SOURCE, required=True)
    if source == TEST:
        return _test_image(network, columns[1:])
    other = shared_image.last_drawing() if source == DRAWING else _uploaded(network)
    if other is None:
        hint = "Draw a digit on the Draw page: it appears here." if source == DRAWING else "Choose a picture above."
        st.info(f"{hint} Until then, a test image.")
    elif other.image.shape != network.image_shape:
        st.info(f"This network reads images of {size(network.image_shape)}, not {size(other.image.shape)}.")
    else:
        return other
    return _at(network, st.session_state[INDEX])


def _take_sent() -> None:
    """Show what another page sent here, once."""
    sent = shared_image.sent()
    if sent is None or st.session_state.get(TAKEN) is sent:
        return
    st.session_state[TAKEN] = sent
    if sent.index is None:
        st.session_state[SOURCE] = DRAWING
    else:
        st.session_state[SOURCE], st.session_state[INDEX] = TEST, sent.index
        st.session_state[DIGIT] = ANY


def _test_image(network: Checkpoint, columns: list) -> SharedImage:
    test = inspection.test_images(network)
    _move(network)
    what = "Digit" if thing(network) == "digit" else "Class"
    columns[0].selectbox(what, [ANY, *test.classes], key=DIGIT, on_change=_ask, args=(False, True))
    columns[1].number_input("Index", 0, len(test) - 1, key=INDEX)
    columns[2].button("Next", key="image_chooser_next", on_click=_ask, args=(False,), width="stretch")
    columns[3].button("Next wrong", key="image_chooser_next_wrong", on_click=_ask, args=(True,), width="stretch")
    return _at(network, st.session_state[INDEX])


def _ask(wrong: bool, here: bool = False) -> None:
    """For the next image of the chosen digit; `wrong`: that is classified wrongly; `here`: this one may do.

    Found in the run that follows: finding it may draw a spinner, and what a fragment's callback draws takes the place
    of the page's first elements.
    """
    st.session_state[MOVE] = wrong, here


def _move(network: Checkpoint) -> None:
    """Go to the image that was asked for."""
    if MOVE not in st.session_state:
        return
    wrong, here = st.session_state.pop(MOVE)
    test = inspection.test_images(network)
    candidates = inspection.wrong(network) if wrong else np.arange(len(test))
    if st.session_state[DIGIT] != ANY:
        candidates = candidates[test.labels.numpy()[candidates] == test.classes.index(st.session_state[DIGIT])]
    if len(candidates):
        at = np.searchsorted(candidates, st.session_state[INDEX], side="left" if here else "right")
        st.session_state[INDEX] = int(candidates[at % len(candidates)])


def _at(network: Checkpoint, index: int) -> SharedImage:
    test = inspection.test_images(network)
    return SharedImage(test.images[index].numpy(), f"test image {index:,}", int(test.labels[index]), index)


def _uploaded(network: Checkpoint) -> SharedImage | None:
    what = "A picture of one digit" if reads_drawings(network) else "A picture, scaled to what the network reads"
    file = upload(st, what, ["png", "jpg", "jpeg"], key="image_chooser_upload")
    if file is None:
        return None
    try:
        if not reads_drawings(network):
            return SharedImage(fitted(file.getvalue(), file.name, network.image_shape), file.name)
        prepared = prepare(read_picture(file.getvalue()))
    except CnnlabError as error:
        messages.problem(error)
        return None
    if prepared.image is None:
        messages.problem(prepared.problem or "")
        return None
    return SharedImage(prepared.image[None], file.name)
