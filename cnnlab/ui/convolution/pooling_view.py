"""ReLU, and then pooling: the largest against the mean, side by side."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import sliding_window
from cnnlab.errors import CnnlabError
from cnnlab.inspection.convolution_steps import Setting, convolve, pool, relu
from cnnlab.inspection.kernel_examples import A2_POOLING
from cnnlab.ui.components import required_choice
from cnnlab.ui.convolution import digit_choice, digit_view, kernel_choice, window_player, window_settings
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import flag, one_of

VIEW = "convolution_pooling"
COUNTED, SIGNED, DIGIT = "1 to 16 (A2)", "positive and negative", "a digit's map"
GRIDS = {
    COUNTED: A2_POOLING,
    SIGNED: np.array([[2, -1, 0, 3], [-4, 5, -2, 1], [0, 2, -6, -3], [1, -1, 4, -5]], float),
}
SOURCE, SIZE, STRIDE, RELU = f"{VIEW}_source", f"{VIEW}_size", f"{VIEW}_stride", f"{VIEW}_relu"


def draw() -> None:
    """Settings, the sliding window and what pooling keeps."""
    sizes = (1, 2, 3)
    address.remember("input", SOURCE, one_of([*GRIDS, DIGIT]), COUNTED)
    address.remember("window", SIZE, one_of(sizes), 2)
    address.remember("stride", STRIDE, one_of(sizes), 2)
    address.remember("relu", RELU, flag(), True)
    left, middle, right, last = st.columns([2.3, 0.9, 0.9, 1], vertical_alignment="center")
    source = required_choice.one_of(left, "Input", [*GRIDS, DIGIT], key=SOURCE)
    size = required_choice.one_of(middle, "Window k", sizes, key=SIZE)
    stride = required_choice.one_of(right, "Stride s", sizes, key=STRIDE)
    first = last.toggle("ReLU first", key=RELU)
    values = _digits_map() if source == DIGIT else _grid(source)
    rectified = relu(values) if first else None
    try:
        found = pool(values if rectified is None else rectified, size, stride)
    except CnnlabError as error:
        window_settings.problem(error)
        return
    drawn = sliding_window.pooling(values, rectified, found.largest, found.mean, size=size, stride=stride)
    with presenting.main_view("player"):
        st.subheader(_sentence(values, found.largest, first))
        window_player.draw(drawn, f"{VIEW}_player_{source}", lambda edited: _edit(source, edited.values))
    window_settings.formula(len(values), size, Setting(stride))


def _grid(source: str) -> np.ndarray:
    return st.session_state.setdefault(f"{VIEW}_{source}", GRIDS[source])


def _edit(source: str, values: np.ndarray) -> None:
    st.session_state[f"{VIEW}_{source}"] = values


def _digits_map() -> np.ndarray:
    """What the kernel of the digit view, with padding that keeps the size, makes of an image."""
    left, right = st.columns(2, gap="large")
    with left:
        image, _ = digit_choice.draw(digit_view.VIEW)
    with right:
        kernel = kernel_choice.choose(digit_view.VIEW, digit_view.START)
    return convolve(image[None], kernel[None], Setting(padding=(len(kernel) - 1) // 2)).output


def _sentence(values: np.ndarray, pooled: np.ndarray, first: bool) -> str:
    kept = f"{values.size} values become {pooled.size}"
    if not first:
        return f"{kept}: max keeps the strongest, average a bit of all."
    negative = int((values < 0).sum())
    count = f"{negative} negative one{'s' * (negative != 1)}" if negative else "nothing, for none is negative"
    return f"ReLU sets {count} to 0; pooling: {kept}." if negative else f"ReLU changes {count}; pooling: {kept}."
