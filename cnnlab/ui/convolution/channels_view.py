"""Several input channels: a slice of the kernel for each, one sum over all of them, and the bias."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import sliding_window
from cnnlab.charts.palette import CHANNEL_NAMES
from cnnlab.errors import CnnlabError
from cnnlab.inspection.kernel_examples import A2, INPUTS, KERNELS
from cnnlab.ui.components import required_choice
from cnnlab.ui.convolution import scene, window_player, window_settings
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import decimal, one_of

VIEW = "convolution_channels"
SIDE = 4
LARGEST_BIAS = 100.0
INPUT, KERNEL, COUNT, BIAS = f"{VIEW}_input", f"{VIEW}_kernel", f"{VIEW}_count", f"{VIEW}_bias"
STARTS = ((A2, A2), ("left dark, right bright", "Sobel x"), ("one dot", "identity"))  # (input, kernel) of each channel


def draw() -> None:
    """Settings, the sliding window and what such a kernel weighs."""
    address.remember("channels", COUNT, one_of((1, 2, 3)), 3)
    address.remember("bias", BIAS, decimal(-LARGEST_BIAS, LARGEST_BIAS), 1.0)
    st.session_state.setdefault(INPUT, np.stack([INPUTS[image](SIDE) for image, _ in STARTS]))
    st.session_state.setdefault(KERNEL, np.stack([KERNELS[kernel][0] for _, kernel in STARTS]))
    left, middle, right = st.columns([1, 0.8, 2.6])
    count = required_choice.one_of(left, "Input channels", (1, 2, 3), key=COUNT)
    bias = middle.number_input("Bias", -LARGEST_BIAS, LARGEST_BIAS, step=0.5, key=BIAS, format="%g")
    with right:
        setting = window_settings.choose(VIEW)
    inputs, kernel = st.session_state[INPUT][:count], st.session_state[KERNEL][:count]
    try:
        drawn = scene.convolution(inputs, kernel, setting, CHANNEL_NAMES[:count], bias)
    except CnnlabError as error:
        window_settings.problem(error)
        return
    with presenting.main_view("player"):
        st.subheader(_sentence(kernel))
        window_player.draw(drawn, VIEW, _edit)


def _edit(edited: window_player.Edit) -> None:
    what, name = edited.what.split(" ", 1) if " " in edited.what else (edited.what, CHANNEL_NAMES[0])
    key = INPUT if what == sliding_window.INPUT else KERNEL
    changed = st.session_state[key].copy()
    changed[CHANNEL_NAMES.index(name)] = edited.values
    st.session_state[key] = changed


def _sentence(kernel: np.ndarray) -> str:
    count, height, width = kernel.shape
    slices = f"{count} slices" if count > 1 else "One slice"
    return (
        f"{slices} of {height} × {width} and a bias, {kernel.size + 1} weights, make one map of "
        f"{count} channel{'s' * (count > 1)}."
    )
