"""Where a drawing comes from: the mouse on a black canvas, or a picture file."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from cnnlab.charts.palette import BLACK, WHITE
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.errors import CnnlabError
from cnnlab.ui import messages
from cnnlab.ui.state import presenting, shared_image
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.state.shared_image import SENT, SOURCE
from cnnlab.ui.state.visitor import upload

SIDE = 420  # CSS pixels
PEN = 30  # CSS pixels; in proportion a 20-pixel pen on 280 pixels: what the preparation was measured with
MOUSE, PICTURE = "Mouse", "Picture"
FRAME = "draw_canvas_frame"  # key of the container around the canvas
NUMBER = "draw_canvas_number"  # of the canvas: an empty one is a new one
START = "draw_canvas_start"  # what that canvas began with, as fabric.js writes it; None is nothing
STROKES, INK = "draw_strokes", "draw_ink"  # its strokes by now, so written, and their ink
FOUND = "draw_found_ink"  # of the picture that was chosen last


def ink() -> np.ndarray | None:
    """Draw the chosen source; return its ink, uint8 [h, w] white on black, or None where there is nothing yet."""
    sent = shared_image.sent()
    grey = sent if sent and len(sent.image) == 1 else None
    sources = [MOUSE, PICTURE, SENT] if grey else [MOUSE, PICTURE]
    remember(**{SOURCE: MOUSE})
    if st.session_state.get(SOURCE) not in sources:
        st.session_state[SOURCE] = MOUSE
    source = st.segmented_control("Source", sources, key=SOURCE, label_visibility="collapsed")
    if grey and source == SENT:
        with presenting.main_view("sent"):
            st.image(grey.image[0], grey.caption, width=SIDE)
        return grey.image[0]
    return _picture() if source == PICTURE else _mouse()


def _mouse() -> np.ndarray | None:
    """The canvas with pen, Undo and Clear; whoever comes back finds on it what he drew."""
    state = st.session_state
    remember(draw_pen_width=PEN)
    key = f"draw_canvas_{state.setdefault(NUMBER, 0)}"
    if key not in state:
        state[START] = {"objects": state[STROKES]} if state.get(STROKES) else None
    with presenting.main_view("canvas"), st.container(key=FRAME):
        drawn = st_canvas(
            stroke_width=state.draw_pen_width,
            stroke_color=WHITE,
            background_color=BLACK,
            height=SIDE,
            width=SIDE,
            drawing_mode="freedraw",
            initial_drawing=state[START],
            return_image_data=True,
            key=key,
        )
    if drawn.json_data is not None and drawn.image_data is not None:  # else it has sent nothing yet
        state[STROKES] = drawn.json_data.get("objects")
        # white on black: any colour channel is the ink
        state[INK] = np.ascontiguousarray(drawn.image_data[..., 0]) if state[STROKES] else None
    pen, undo, clear = st.columns([2, 1, 1], vertical_alignment="bottom")
    pen.slider("Pen", 8, 60, key="draw_pen_width")
    undo.button(
        "Undo",
        icon=":material/undo:",
        on_click=take_back,
        width="stretch",
        disabled=not state.get(STROKES),
        key="draw_undo",
    )
    clear.button("Clear", icon=":material/ink_eraser:", on_click=_clear, width="stretch")
    return state.get(INK)


def take_back() -> None:
    """Undo the last stroke, if there is one: the canvas loads the others, and sends them."""
    state = st.session_state
    if not state.get(STROKES):
        return
    state[STROKES] = state[STROKES][:-1]
    if not state[STROKES]:
        _clear()
        return
    state["draw_undone"] = state.get("draw_undone", 0) + 1  # the same strokes as before are to be loaded again, too
    state[START] = {"objects": state[STROKES], "version": str(state["draw_undone"])}


def _clear() -> None:
    """Empty the canvas: one under a new key is a new one."""
    state = st.session_state
    state[NUMBER] = state.get(NUMBER, 0) + 1
    state[STROKES] = state[INK] = None


def _picture() -> np.ndarray | None:
    file = upload(
        st,
        "A drawn or photographed digit",
        ["png", "jpg", "jpeg"],
        key="draw_picture",
        on_change=lambda: st.session_state.pop(FOUND, None),
        help="On paper: one digit, dark ink, from above. The light may be uneven.",
    )
    if file is not None:
        try:
            st.session_state[FOUND] = read_picture(file.getvalue())
        except CnnlabError as error:
            messages.problem(error)
            return None
    found = st.session_state.get(FOUND)
    if found is not None:
        with presenting.main_view("found"):
            st.image(found, width=SIDE)
    return found
