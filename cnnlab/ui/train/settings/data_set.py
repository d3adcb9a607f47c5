"""The data set's section: which data set, how it is split, and adding custom pictures."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.offset_maps import strip
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.data.splits import SPLITS
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.ui import messages
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.state import visitor
from cnnlab.ui.train.settings import custom_pictures

FIELDS = ("dataset", "split")
SHOWN = 14  # images, one a class


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the two choices, and the form for custom pictures."""
    custom_pictures.take_added()
    names = datasets.names()
    if st.session_state.train_dataset not in names:
        names.append(st.session_state.train_dataset)  # custom pictures of a run that are not on this machine
    left, right, add = st.columns([1.6, 1.6, 1], vertical_alignment="bottom")
    left.selectbox(
        "Data set", names, key="train_dataset", disabled=fixed, format_func=lambda name: datasets.spec(name).title
    )
    right.selectbox(
        "What validates", list(SPLITS), key="train_split", disabled=fixed, help=SPLITS[st.session_state.train_split]
    )
    if add.toggle("Add your own pictures", key="train_add_pictures", disabled=fixed):
        custom_pictures.draw()
    custom_pictures.say()


def picture(config: TrainConfig, fixed: bool) -> None:
    """Draw the data set's numbers, and an image of each class."""
    name = config.dataset
    megabytes = datasets.spec(name).megabytes
    if megabytes and not st.session_state.get(f"train_show_{name}"):
        visitor.reserved(
            st.button,
            f"Show its images (downloads {megabytes} MB the first time)",
            key=f"train_ask_to_show_{name}",
            on_click=lambda: st.session_state.update({f"train_show_{name}": True}),
        )
        return
    try:
        train, test = loaders.dataset(name)
        about = custom.describe(name) if name.startswith(custom.PREFIX) else None
    except CnnlabError as error:
        messages.problem(error)
        return
    channels, height, width = train.image_shape
    colour = "grey" if channels == 1 else "in colour"
    mean, std = (", ".join(f"{value:.4f}" for value in values) for values in (train.mean, train.std))
    st.markdown(
        f"**{len(train):,}** images to train and **{len(test):,}** to test, {width}×{height} pixels, {colour}, "
        f"{len(train.classes)} classes · mean {mean} · standard deviation {std}"
    )
    for note in about.notes if about else ():
        st.caption(note)
    labels = train.labels.numpy()
    there = [label for label in range(len(train.classes)) if (labels == label).any()][:SHOWN]
    images = [train.images[int(np.flatnonzero(labels == label)[0])].numpy() / 255 for label in there]
    names = [train.classes[label] for label in there]
    pixel_grid.draw(strip(images, names, f"An image of each class of {datasets.spec(name).title}", 120), "train_images")
