"""A test image or the last drawing, for pages that need no network."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.ui.state import address, chosen_dataset, shared_image
from cnnlab.ui.state.address_kinds import one_of, whole

TEST, DRAWING = "Test image", "Last drawing"


def draw(view: str) -> tuple[np.ndarray, str]:
    """Draw the row of widgets; return (grey float [H, W] in [0, 1], what it is in words)."""
    source, index = f"{view}_source", f"{view}_index"
    test = chosen_dataset.chosen()[1]
    address.remember("from", source, one_of([TEST, DRAWING]), TEST)
    address.remember("image", index, whole(0, len(test) - 1), 0)
    left, right = st.columns([1.6, 1])
    chosen = left.segmented_control("Image", [TEST, DRAWING], key=source, required=True)
    if chosen == DRAWING:
        drawing = shared_image.last_drawing()
        if drawing is not None:
            return drawing.image.mean(0) / 255, drawing.caption
        right.caption("Draw a digit on the Draw page: it appears here.")
    else:
        right.number_input("Index", 0, len(test) - 1, key=index)
    at = st.session_state[index]
    return test.images[at].numpy().mean(0) / 255, f"test image {at:,}, of class {test.classes[int(test.labels[at])]}"
