"""A kernel sliding over a small grid of numbers, every one of which can be changed."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import sliding_window
from cnnlab.inspection.kernel_examples import A2, A2_INPUT, INPUTS
from cnnlab.ui.convolution import kernel_choice, scene, window_player
from cnnlab.ui.convolution.kernel_choice import OWN
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import grid
from cnnlab.ui.state.persistent_widgets import remember

VIEW = "convolution_numbers"
GRID, NAME, SIZE = f"{VIEW}_input", f"{VIEW}_input_name", f"{VIEW}_input_size"
SMALLEST, LARGEST = 3, 12


def draw() -> None:
    """Settings, the sliding window and the size formula."""
    left, right = st.columns(2, gap="large")
    with left:
        image = _input()
    with right:
        kernel = kernel_choice.choose(VIEW, A2)
    drawn = scene.choose(VIEW, image, kernel)
    if drawn is None:
        return
    with presenting.main_view("player"):
        st.subheader(_sentence(drawn.outputs[0].values.shape))
        window_player.draw(drawn, VIEW, _edit)
        st.caption("Type into any cell of the input or the kernel; click a cell of the output for its sum.")


def _input() -> np.ndarray:
    state = st.session_state
    address.says(
        "input", grid(LARGEST, lambda rows, columns: rows == columns >= SMALLEST), A2_INPUT,
        lambda: state.get(GRID, A2_INPUT), lambda values: state.update({GRID: values}),
    )  # fmt: skip
    image = state.setdefault(GRID, A2_INPUT)
    remember(**{NAME: A2})
    state[SIZE] = len(image)
    same = [name for name, make in INPUTS.items() if np.array_equal(make(len(image)), image)]
    if st.session_state[NAME] not in same:
        st.session_state[NAME] = same[0] if same else OWN
    left, right = st.columns([1.5, 1])
    names = [*INPUTS, *([] if same else [OWN])]
    left.selectbox("Input", names, key=NAME, on_change=_take, help="Or type into its cells.")
    right.number_input("Size n", SMALLEST, LARGEST, key=SIZE, on_change=_resize)
    return image


def _take() -> None:
    if st.session_state[NAME] in INPUTS:
        st.session_state[GRID] = INPUTS[st.session_state[NAME]](st.session_state[SIZE])


def _resize() -> None:
    """Make the named input anew; cut a custom one, or put zeros to its right and below."""
    size, old = st.session_state[SIZE], st.session_state[GRID]
    if st.session_state[NAME] in INPUTS:
        _take()
        return
    grown = np.zeros((size, size))
    grown[: len(old), : len(old)] = old[:size, :size]
    st.session_state[GRID] = grown


def _edit(edited: window_player.Edit) -> None:
    if edited.what == sliding_window.KERNEL:
        kernel_choice.edit(VIEW, edited.values)
    else:
        st.session_state[GRID] = edited.values


def _sentence(shape: tuple[int, int]) -> str:
    down, across = shape
    times = "once" if (down, across) == (1, 1) else f"{across} times across and {down} times down"
    return f"{down * across} sum{'s' * (shape != (1, 1))}: the kernel fits {times}."
