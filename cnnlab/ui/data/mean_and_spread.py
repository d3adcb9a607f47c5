"""Mean and standard deviation of all pixels as more images are counted, and what normalising does."""

from __future__ import annotations

import time

import numpy as np
import streamlit as st

from cnnlab.charts import pixel_histograms
from cnnlab.charts.palette import CHANNEL_NAMES
from cnnlab.ui.data import pixel_counts
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of

COUNT = "data_images_counted"
PAUSE = 0.15  # seconds between two of the sums while they are counted


def draw(data: ShownDataset) -> None:
    """Draw how both numbers settle while images are counted, and the pixels' histogram before and after."""
    total = len(data.train)
    counts = tuple(sorted({step * 10**power for power in range(9) for step in (1, 2, 5) if step * 10**power < total}))
    counts += (total,)
    address.remember("counted", COUNT, one_of(counts), total)
    mean, std = pixel_counts.running(data.name, data.train, counts)
    left, right = st.columns([1, 1.25], gap="large")
    with left:
        slider, button = st.columns([2.6, 1], vertical_alignment="bottom")
        counting = button.button("Count", icon=":material/play_arrow:", on_click=_count_all, args=(total,))
        count = slider.select_slider("Images counted", counts, key=COUNT, format_func=lambda number: f"{number:,}")
        with presenting.main_view("numbers"):
            numbers = st.empty()
    with right, presenting.main_view("picture"):
        picture = st.empty()
    histogram = pixel_counts.histogram(data.name, data.train)
    before, after = st.columns(2, gap="large")
    means, stds = data.train.mean, data.train.std
    with before:
        st.markdown("**As stored**, from 0 to 1")
        st.altair_chart(pixel_histograms.histogram(histogram, means, stds, "pixel value"), key="data_before")
    with after:
        st.markdown("**Normalised**: minus the mean, divided by the standard deviation")
        st.altair_chart(pixel_histograms.normalised(histogram, means, stds, "normalised value"), key="data_after")
    st.caption(_sentence(histogram))
    for at, reached in enumerate(counts):
        if counting or reached == count:
            with numbers.container():
                _sums(data, reached, mean[at], std[at])
            picture.altair_chart(presenting.fitted(pixel_histograms.settling(counts[: at + 1], mean, std, total), 590))
            time.sleep(PAUSE if counting else 0)


def _count_all(total: int) -> None:
    st.session_state[COUNT] = total


def _sums(data: ShownDataset, count: int, mean: np.ndarray, std: np.ndarray) -> None:
    """Write out how both numbers, [C] each, come from the first `count` images."""
    channels, height, width = data.train.image_shape
    for channel in range(channels):
        name = "" if channels == 1 else f"{CHANNEL_NAMES[channel]}: "
        first, second = st.columns(2)
        first.metric(f"{name}mean", f"{mean[channel]:.6f}")
        second.metric(f"{name}standard deviation", f"{std[channel]:.6f}")
    numbers = count * height * width
    st.markdown(
        f"{count:,} images × {height} × {width} pixels = **{numbers:,} numbers**"
        + ("," if channels == 1 else " a colour")
    )
    if channels == 1:
        square, root = std[0] ** 2 + mean[0] ** 2, std[0] ** 2
        st.markdown(
            f"which add up to {mean[0] * numbers:,.1f}: **mean {mean[0]:.6f}**. The mean of their squares is "
            f"{square:.6f}; minus the mean's square that is {root:.6f}, whose root is **{std[0]:.6f}**."
        )


def _sentence(histogram: np.ndarray) -> str:
    black = histogram[:, 0].sum() / histogram.sum()
    return (
        f"{black:.0%} of all numbers are 0. Normalising changes no picture, only the scale: mean 0 (the line) and "
        "standard deviation 1 (the band) suit the first weights of a network."
    )
