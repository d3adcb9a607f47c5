"""The section for faults made on purpose, and what each does to this run."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.config import ORDERS, PIXELS, WEIGHTS, TrainConfig
from cnnlab.ui.train.settings import fields

FIELDS = ("train_images", "wrong_labels", "order", "weights", "pixels", "test_leak")


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the settings; as they stand first, nothing is wrong."""
    columns = st.columns([1, 1, 1, 1, 1, 1.35], vertical_alignment="bottom")
    note = "Only so many, the same number of each class as far as possible; 0 is all of them."
    fields.number(columns[0], "train_images", "Training images", fixed, step=100, help=note)
    note = "Share of the training labels that name another class; with 0.9 of ten classes labels say nothing."
    fields.number(columns[1], "wrong_labels", "Wrong labels", fixed, step=0.1, help=note)
    note = "Sorted: all images of the first class, then all of the second, in every epoch."
    columns[2].selectbox("Order", ORDERS, key=fields.key("order"), disabled=fixed, help=note)
    note = "What the network begins with; zero: every weight and every bias."
    columns[3].selectbox("First weights", WEIGHTS, key=fields.key("weights"), disabled=fixed, help=note)
    note = "raw-255: pixels from 0 to 255, not normalised. That is part of the network, on every page."
    columns[4].selectbox("Pixels", PIXELS, key=fields.key("pixels"), disabled=fixed, help=note)
    note = "The test images are among the training images."
    columns[5].checkbox("Test images too", key=fields.key("test_leak"), disabled=fixed, help=note)


def picture(config: TrainConfig, fixed: bool) -> None:
    """Say what each fault means for this run."""
    said = sentences(config)
    if said:
        st.markdown(" ".join(said))
    else:
        st.caption("Nothing is wrong with this run. Choose a fault to see what it does to the curves.")


def sentences(config: TrainConfig) -> list[str]:
    """One for each fault that is on; in Markdown."""
    found = []
    if config.train_images:
        found.append(f"It learns from **{config.train_images:,} images**; validation and test are as large as ever.")
    if config.wrong_labels:
        found.append(
            f"**{config.wrong_labels:.0%} of the training labels** are wrong: what it gets right of them it has "
            "memorised. Validation and test have the right ones."
        )
    if config.order == "sorted":
        found.append("It sees **one class after the other** and forgets the first while it learns the last.")
    if config.weights == "zero":
        found.append("All weights begin at **0**: no channel differs from another, and none can begin to.")
    if config.pixels == "raw-255":
        found.append("Pixels reach it as **0 to 255**: its first outputs are hundreds of times as large as usual.")
    if config.test_leak:
        found.append("**The test images are among the training images**: its test accuracy says nothing any more.")
    return found
