"""The average image of each class, and the difference between two of them."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import dataset_images
from cnnlab.ui.components import pixel_grid, required_choice
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.data import pixel_counts
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of

SHOW, FIRST, SECOND = "data_average_show", "data_average_first", "data_average_second"
AVERAGE, SPREAD, DIFFERENCE = "Average", "Where they differ", "Difference of two"


def draw(data: ShownDataset) -> None:
    """Draw the average images, their standard deviations, or the difference of two averages."""
    names = list(data.classes)
    shows = [AVERAGE, SPREAD, DIFFERENCE]
    address.remember("show", SHOW, one_of(shows), AVERAGE)
    address.remember("first", FIRST, one_of(names, str), names[4 % len(names)])
    address.remember("second", SECOND, one_of(names, str), names[-1])
    left, middle, right = st.columns([2.4, 1, 1], vertical_alignment="bottom")
    show = required_choice.one_of(left, "Show", shows, key=SHOW)
    average, spread = pixel_counts.class_images(data.name, data.train)
    if show == DIFFERENCE:
        first = from_list(middle, "First", names, key=FIRST)
        second = from_list(right, "Second", names, key=SECOND)
    with presenting.main_view("averages"):
        if show == AVERAGE:
            st.subheader(f"All training {data.noun}s of a class laid over each other.")
            pixel_grid.draw(dataset_images.averages(average, names, "average"), "data_averages")
        elif show == SPREAD:
            st.subheader(f"Bright where the {data.noun}s of a class differ: {_widest(spread, names)} most of all.")
            pixel_grid.draw(dataset_images.spreads(spread.mean(1), names, "standard deviation"), "data_spreads")
        else:
            one, other = (average[names.index(name)].mean(0) for name in (first, second))
            st.subheader(f"What tells {first} from {second}: one such image is the simplest classifier there is.")
            pixel_grid.draw(dataset_images.difference(one, other, (first, second)), "data_difference")


def _widest(spread: np.ndarray, names: list[str]) -> str:
    """The class with the largest mean standard deviation; spread: [K, C, H, W]."""
    return names[int(np.nanargmax(np.nanmean(spread, (1, 2, 3))))]
