"""A test image or the last drawing, for pages that need no network."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.ui.state import chosen_dataset, shared_image
from cnnlab.ui.state.persistent_widgets import remember

TEST, DRAWING = "Test image", "Last drawing"


def draw(view: str) -> tuple[np.ndarray, str]:
    """Draw the row of widgets; return (grey float [H, W] in [0, 1], what it is in words)."""
    source, index = f"{view}_source", f"{view}_index"
    remember(**{source: TEST, index: 0})
    left, right = st.columns([1.6, 1])
    chosen = left.segmented_control("Image", [TEST, DRAWING], key=source, required=True)
    test = chosen_dataset.chosen()[1]
    if chosen == DRAWING:
        drawing = shared_image.last_drawing()
        if drawing is not None:
            return drawing.image.mean(0) / 255, drawing.caption
        right.caption("Draw a digit on the Draw page: it appears here.")
    else:
        st.session_state[index] = min(st.session_state[index], len(test) - 1)
        right.number_input("Index", 0, len(test) - 1, key=index)
    at = min(st.session_state[index], len(test) - 1)
    return test.images[at].numpy().mean(0) / 255, f"test image {at:,}, of class {test.classes[int(test.labels[at])]}"
