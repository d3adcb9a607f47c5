"""One image as what it is to a network: numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import dataset_images
from cnnlab.charts.mosaic import Scale, diverging
from cnnlab.charts.palette import CHANNEL_NAMES, GREYSCALE
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.data.shown_dataset import LookedAt
from cnnlab.ui.state.persistent_widgets import remember

INDEX, UNITS, CHANNEL, ALL, PLACE = "data_index", "data_units", "data_channel", "data_all_numbers", "data_pixel"
STORED, INPUT, NORMALISED = "stored, 0 to 255", "input, 0 to 1", "normalised"
NAME = "One image"


def show(index: int) -> None:
    """Let this view open with training image `index`."""
    st.session_state[INDEX] = index
    st.session_state["data_view"] = NAME


def draw(data: LookedAt) -> None:
    """The image, and the numbers about the pixel that was clicked."""
    remember(**{INDEX: 0, UNITS: STORED, ALL: False, CHANNEL: CHANNEL_NAMES[0]})
    st.session_state[INDEX] = min(st.session_state[INDEX], len(data.train) - 1)
    coloured = data.train.image_shape[0] == 3
    columns = st.columns([1, 2.2, 1.4, 1] if coloured else [1, 2.4, 1.4], vertical_alignment="bottom")
    index = columns[0].number_input("Training image", 0, len(data.train) - 1, key=INDEX)
    units = columns[1].segmented_control("Numbers", [STORED, INPUT, NORMALISED], key=UNITS, required=True)
    everything = columns[2].toggle("All numbers at once", key=ALL)
    channel = 0
    if coloured:
        channel = CHANNEL_NAMES.index(columns[3].selectbox("Channel", CHANNEL_NAMES, key=CHANNEL))
    stored = data.train.images[index].numpy()
    values, scale, whole = _in_units(stored[channel], units, data.train.mean[channel], data.train.std[channel])
    height, width = values.shape
    row, col = st.session_state.get(PLACE, (height // 2, width // 2))
    at = (min(row, height - 1), min(col, width - 1))
    label = data.classes[int(data.train.labels[index])]
    st.subheader(_sentence(label, stored, values, at, units, f"{CHANNEL_NAMES[channel]} " if coloured else ""))
    if everything:
        pixel_grid.draw(dataset_images.one(stored / 255, values, scale, at, whole, True), "data_numbers_of_all", _pick)
        return
    left, right = st.columns(2)
    with left:
        pixel_grid.draw(dataset_images.one(stored / 255, values, scale, at, whole, False), "data_numbers_image", _pick)
        st.caption("Hover for a pixel's number; click to have its surroundings written out.")
    with right:
        pixel_grid.draw(dataset_images.around(stored / 255, values, scale, at, whole), "data_numbers_around")


def _pick(cell: pixel_grid.Picked) -> None:
    st.session_state[PLACE] = (cell.row, cell.col)


def _in_units(stored: np.ndarray, units: str, mean: float, std: float) -> tuple[np.ndarray, Scale, bool]:
    if units == STORED:
        return stored.astype(float), Scale(0.0, 255.0, GREYSCALE), True
    if units == INPUT:
        return stored / 255, Scale(0.0, 1.0, GREYSCALE), False
    values = (stored / 255 - mean) / std
    return values, diverging(values, "white is the mean of all pixels"), False


def _sentence(label: str, stored: np.ndarray, values: np.ndarray, at: tuple[int, int], units: str, colour: str) -> str:
    text = f"{values[at]:.0f}" if units == STORED else f"{values[at]:.3f}".replace("-", "−")
    parts = f"{stored[0].size:,} a colour" if colour else f"{int((stored > 0).sum()):,} of them not black"
    return f"This {label} is {stored.size:,} numbers, {parts}. Row {at[0]}, column {at[1]}: {colour}{text}."
