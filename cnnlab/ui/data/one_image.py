"""One image as a network gets it: numbers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import streamlit as st

from cnnlab.charts import dataset_images
from cnnlab.charts.mosaic import Scale, diverging
from cnnlab.charts.palette import CHANNEL_NAMES, GREYSCALE
from cnnlab.common.text import with_minus
from cnnlab.ui.components import pixel_grid, required_choice
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import cell, flag, one_of, whole

INDEX, UNITS, CHANNEL, ALL, PLACE = "data_index", "data_units", "data_channel", "data_all_numbers", "data_pixel"
STORED, INPUT, NORMALISED = "stored, 0 to 255", "input, 0 to 1", "normalised"
NAME = "One image"


class Numbers(NamedTuple):
    """What one channel's pixels are in the chosen units: values [H, W], their scale, and whether all are whole."""

    values: np.ndarray
    scale: Scale
    whole: bool


def show(index: int) -> None:
    """Open this view with training image `index`."""
    st.session_state[INDEX] = index
    st.session_state["data_view"] = NAME


def draw(data: ShownDataset) -> None:
    """Draw the image, and the numbers around the pixel that was clicked."""
    units_of = [STORED, INPUT, NORMALISED]
    address.remember("image", INDEX, whole(0, len(data.train) - 1), 0)
    address.remember("numbers", UNITS, one_of(units_of), STORED)
    address.remember("all", ALL, flag(), False)
    address.remember_click("pixel", PLACE, cell(data.train.image_shape[1:]))
    coloured = data.train.image_shape[0] == 3
    columns = st.columns([1, 2.2, 1.4, 1] if coloured else [1, 2.4, 1.4], vertical_alignment="bottom")
    index = columns[0].number_input("Training image", 0, len(data.train) - 1, key=INDEX)
    units = required_choice.one_of(columns[1], "Numbers", units_of, key=UNITS)
    everything = columns[2].toggle("All numbers at once", key=ALL)
    channel = 0
    if coloured:
        address.remember("channel", CHANNEL, one_of(CHANNEL_NAMES), CHANNEL_NAMES[0])
        channel = CHANNEL_NAMES.index(columns[3].selectbox("Channel", CHANNEL_NAMES, key=CHANNEL))
    stored = data.train.images[index].numpy()
    numbers = _in_units(stored[channel], units, data.train.mean[channel], data.train.std[channel])
    height, width = numbers.values.shape
    row, col = st.session_state.get(PLACE, (height // 2, width // 2))
    at = (min(row, height - 1), min(col, width - 1))
    label = data.classes[int(data.train.labels[index])]
    value = f"{numbers.values[at]:.0f}" if units == STORED else with_minus(f"{numbers.values[at]:.3f}")
    where = f"Row {at[0]}, column {at[1]}"
    picture = dataset_images.one(
        stored / 255, numbers.values, numbers.scale, at, whole=numbers.whole, all_of_them=everything
    )
    with presenting.main_view("numbers"):
        st.subheader(f"{_size(label, stored)} {where}: {CHANNEL_NAMES[channel] + ' ' if coloured else ''}{value}.")
        if everything:
            pixel_grid.draw(picture, "data_numbers_of_all", _pick)
            return
        left, right = st.columns(2)
        with left:
            pixel_grid.draw(picture, "data_numbers_image", _pick)
            st.caption("Hover for a pixel's number; click to have its surroundings written out.")
        with right:
            around = dataset_images.around(stored / 255, numbers.values, numbers.scale, at, whole=numbers.whole)
            pixel_grid.draw(around, "data_numbers_around")


def _pick(cell: pixel_grid.Picked) -> None:
    st.session_state[PLACE] = (cell.row, cell.col)


def _in_units(stored: np.ndarray, units: str, mean: float, std: float) -> Numbers:
    """One channel uint8 [H, W] in these units; mean, std: of the channel, in units of [0, 1]."""
    if units == STORED:
        return Numbers(stored.astype(float), Scale(0.0, 255.0, GREYSCALE), whole=True)
    if units == INPUT:
        return Numbers(stored / 255, Scale(0.0, 1.0, GREYSCALE), whole=False)
    values = (stored / 255 - mean) / std
    return Numbers(values, diverging(values, "white is the mean of all pixels"), whole=False)


def _size(label: str, stored: np.ndarray) -> str:
    """How many numbers the image uint8 [C, H, W] consists of."""
    coloured = len(stored) == 3
    parts = f"{stored[0].size:,} a colour" if coloured else f"{int((stored > 0).sum()):,} of them not black"
    return f"This {label} is {stored.size:,} numbers, {parts}."
