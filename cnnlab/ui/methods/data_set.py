"""What is learned from: the data set and its parts, and pictures of one's own."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab import data
from cnnlab.charts.offsets import strip
from cnnlab.data import own
from cnnlab.data.splits import SPLITS
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.ui import loaders, own_pictures, pixel_grid

FIELDS = ("dataset", "split")
TITLES = {
    "mnist": "MNIST: digits",
    "fashion-mnist": "Fashion-MNIST: clothes",
    "kmnist": "KMNIST: Japanese kana",
    "cifar10": "CIFAR-10: ten things in colour",
}
MEGABYTES = {"fashion-mnist": 31, "kmnist": 21, "cifar10": 170}  # to be downloaded
SHOWN = 14  # images, one a class


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the two choices, and where own pictures come in."""
    own_pictures.take_added()
    names = data.names()
    if st.session_state.dataset not in names:
        names.append(st.session_state.dataset)  # a run's own pictures that are not on this machine
    left, right, add = st.columns([1.6, 1.6, 1], vertical_alignment="bottom")
    left.selectbox("Data set", names, key="dataset", disabled=fixed, format_func=title)
    right.selectbox("What validates", list(SPLITS), key="split", disabled=fixed, help=SPLITS[st.session_state.split])
    if add.toggle("Add your own pictures", key="add_own_pictures", disabled=fixed):
        own_pictures.draw()
    own_pictures.say()


def title(name: str) -> str:
    """What the data set is called in the list."""
    return TITLES.get(name) or f"{name.removeprefix(own.PREFIX)} (own pictures)"


def picture(config: TrainConfig, fixed: bool) -> None:
    """Its numbers, and an image of each class."""
    name = config.dataset
    if name in MEGABYTES and not st.session_state.get(f"show {name}"):
        st.button(
            f"Show its images (downloads {MEGABYTES[name]} MB the first time)",
            key=f"ask to show {name}",
            on_click=lambda: st.session_state.update({f"show {name}": True}),
        )
        return
    try:
        train, test = loaders.dataset(name)
        about = own.describe(name) if name.startswith(own.PREFIX) else None
    except CnnlabError as error:
        st.error(str(error))
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
    pixel_grid.draw(strip(images, names, f"An image of each class of {title(name)}", 120), "data set images")
