"""The settings of a sliding window, and the size formula with their numbers put in."""

from __future__ import annotations

import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.inspection.convolution_steps import Setting, output_size
from cnnlab.ui import messages
from cnnlab.ui.components import required_choice
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of

STRIDES, PADDINGS, DILATIONS = (1, 2, 3), (0, 1, 2), (1, 2, 3)
RULE = r"\left\lfloor\frac{n+2p-d(k-1)-1}{s}\right\rfloor+1"


def choose(view: str) -> Setting:
    """Draw stride, padding and dilation in a row; every view remembers its own."""
    keys = [f"{view}_{name}" for name in Setting._fields]
    for name, key, offered, usual in zip(Setting._fields, keys, (STRIDES, PADDINGS, DILATIONS), Setting(), strict=True):
        address.remember(name, key, one_of(offered), usual)
    row = st.container(horizontal=True, gap="xsmall")
    return Setting(
        required_choice.one_of(row, "Stride s", STRIDES, key=keys[0]),
        required_choice.one_of(row, "Padding p", PADDINGS, key=keys[1]),
        required_choice.one_of(row, "Dilation d", DILATIONS, key=keys[2]),
    )


def choose_with_formula(view: str, size: int, kernel: int) -> Setting:
    """`choose`, and beside it the size formula for an input of `size` pixels and a kernel of `kernel`."""
    left, right = st.columns([1, 1.46], vertical_alignment="center")
    with left:
        setting = choose(view)
    with right:
        formula(size, kernel, setting)
    return setting


def formula(size: int, kernel: int, setting: Setting) -> None:
    """The size formula, with the numbers, and what comes out."""
    stride, padding, dilation = setting
    numbers = rf"\left\lfloor\frac{{{size}+2\cdot{padding}-{dilation}\cdot({kernel}-1)-1}}{{{stride}}}\right\rfloor+1"
    try:
        result = rf"=\;\mathbf{{{output_size(size, kernel, setting)}}}"
    except CnnlabError:
        result = r"\;<\;1"
    # in two lines: in one the result would be cut off in a narrow window
    st.latex(rf"\small\begin{{aligned}}&{RULE}\\&={numbers}{result}\end{{aligned}}")


def problem(error: CnnlabError) -> None:
    """The sentence in the place of a picture that cannot be."""
    messages.problem(error)
