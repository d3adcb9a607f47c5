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
from cnnlab.ui.state.persistent_widgets import renewed, taking

VIEW = "convolution_numbers"
GRID, NAME, SIZE = f"{VIEW}_input", f"{VIEW}_input_name", f"{VIEW}_input_size"
TAKEN = f"{VIEW}_input_taken"  # name that was chosen last: several may stand for the same numbers
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
    same = [name for name, make in INPUTS.items() if np.array_equal(make(len(image)), image)]
    taken = state.get(TAKEN, A2)
    shown = taken if taken in same else same[0] if same else OWN
    left, right = st.columns([1.5, 1])
    names = [*INPUTS, *([] if same else [OWN])]
    name, size = renewed(NAME, shown), renewed(SIZE, len(image))
    take = taking(NAME, name, lambda chosen: _take(chosen, len(image)))
    resize = taking(SIZE, size, lambda side: _resize(shown, side))
    left.selectbox("Input", names, key=name, on_change=take, help="Or type into its cells.")
    right.number_input("Size n", SMALLEST, LARGEST, key=size, on_change=resize)
    return image


def _take(name: str, size: int) -> None:
    st.session_state[TAKEN] = name
    if name in INPUTS:
        st.session_state[GRID] = INPUTS[name](size)


def _resize(name: str, size: int) -> None:
    """Make the named input anew; cut a custom one, or put zeros to its right and below."""
    old = st.session_state[GRID]
    if name in INPUTS:
        _take(name, size)
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
