"""Where a drawing comes from: the mouse on a black canvas, or a picture file."""

from __future__ import annotations

import numpy as np
import streamlit as st
from streamlit_drawable_canvas import st_canvas

from cnnlab.charts.palette import BLACK, WHITE
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.errors import CnnlabError
from cnnlab.ui.state import shared_image
from cnnlab.ui.state.shared_image import SENT, SOURCE

SIDE = 420  # CSS pixels
PEN = 30  # in proportion a 20-pixel pen on 280 pixels: what the preparation was measured with
MOUSE, PICTURE = "Mouse", "Picture"


def ink() -> np.ndarray | None:
    """Draw the chosen source; return its ink, uint8 [h, w] white on black, or None where there is nothing yet."""
    sent = shared_image.sent()
    sources = [MOUSE, PICTURE, SENT] if sent and len(sent.image) == 1 else [MOUSE, PICTURE]
    if st.session_state.get(SOURCE) not in sources:
        st.session_state[SOURCE] = MOUSE
    source = st.segmented_control("Source", sources, key=SOURCE, label_visibility="collapsed")
    if source == SENT:
        st.image(sent.image[0], sent.caption, width=SIDE)
        return sent.image[0]
    return _picture() if source == PICTURE else _mouse()


def _mouse() -> np.ndarray | None:
    width = st.session_state.get("draw_pen_width", PEN)
    drawn = st_canvas(
        stroke_width=width,
        stroke_color=WHITE,
        background_color=BLACK,
        height=SIDE,
        width=SIDE,
        drawing_mode="freedraw",
        return_image_data=True,
        key=f"draw_canvas_{st.session_state.get('draw_canvas_number', 0)}",
    )
    pen, clear = st.columns([2.2, 1], vertical_alignment="bottom")
    pen.slider("Pen", 8, 60, PEN, key="draw_pen_width")
    clear.button("Clear", icon=":material/ink_eraser:", on_click=_clear, width="stretch")
    if drawn.image_data is None or not drawn.json_data or not drawn.json_data.get("objects"):
        return None
    return np.ascontiguousarray(drawn.image_data[..., 0])  # white on black: any colour channel is the ink


def _clear() -> None:
    """A canvas under a new key is an empty one."""
    st.session_state.draw_canvas_number = st.session_state.get("draw_canvas_number", 0) + 1


def _picture() -> np.ndarray | None:
    file = st.file_uploader(
        "A drawn or photographed digit",
        ["png", "jpg", "jpeg"],
        key="draw_picture",
        help="On paper: one digit, dark ink, from above. The light may be uneven.",
    )
    if file is None:
        return None
    try:
        found = read_picture(file.getvalue())
    except CnnlabError as error:
        st.error(str(error))
        return None
    st.image(found, width=SIDE)
    return found
