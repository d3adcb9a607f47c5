"""A named kernel, or a custom one, on a test digit or the last drawing."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.ui.convolution import digit_choice, kernel_choice, scene, window_player
from cnnlab.ui.state import presenting

VIEW, START = "convolution_digit", "edges"


def draw() -> None:
    """Choice of image and kernel, the sliding window and the size formula."""
    left, right = st.columns(2, gap="large")
    with left:
        image, caption = digit_choice.draw(VIEW)
    with right:
        kernel = kernel_choice.choose(VIEW, START)
    drawn = scene.choose(VIEW, image, kernel)
    if drawn is None:
        return
    with presenting.main_view("player"):
        st.subheader(_sentence(kernel))
        window_player.draw(drawn, VIEW, lambda edited: kernel_choice.edit(VIEW, edited.values))
        st.caption(
            f"{caption[0].upper()}{caption[1:]}. Click a pixel of either picture for its sum; type into the kernel."
        )


def _sentence(kernel: np.ndarray) -> str:
    does = kernel_choice.in_words(kernel) or "A kernel of your own"
    return f"{does}."
