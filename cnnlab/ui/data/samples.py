"""Sample images of every class; a click shows one as its numbers."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts import dataset_images
from cnnlab.data import statistics
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.data import one_image
from cnnlab.ui.data.shown_dataset import ShownDataset
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import whole

SEED = "data_samples_seed"
MOST_SEED = 10_000
COLUMNS = {1: 14, 3: 10}  # by colour channels: coloured images are four times as much to send
FILLING = 22  # columns that fill a window of 1280 × 720


def draw(data: ShownDataset) -> None:
    """Draw a row for every class; a click opens the view of an image's numbers."""
    left, right = st.columns([4.6, 1], vertical_alignment="center")
    address.remember("samples", SEED, whole(0, MOST_SEED), 0)
    seed = st.session_state[SEED]
    with left, presenting.main_view("sentence"):
        st.subheader(_sentence(data))
    right.button("Other samples", icon=":material/shuffle:", on_click=_others, width="stretch")
    columns = FILLING if presenting.on() else COLUMNS.get(data.train.image_shape[0], 10)
    places = statistics.samples(data.train.labels, len(data.classes), columns, seed)
    drawn = [[data.train.images[int(place)].numpy() / 255 for place in row] for row in places]

    def pick(cell: pixel_grid.Picked) -> None:
        row, column = divmod(cell.tile, max(map(len, places)))
        one_image.show(int(places[row][column]))

    with presenting.main_view("picture"):
        pixel_grid.draw(dataset_images.samples(drawn, places, data.classes), "data_samples", pick)


def _others() -> None:
    st.session_state[SEED] = (st.session_state[SEED] + 1) % MOST_SEED


def _sentence(data: ShownDataset) -> str:
    channels, height, width = data.train.image_shape
    size = f"{height} × {width} pixels" + ("" if channels == 1 else " in colour")
    return f"{len(data.train):,} images to learn from, {len(data.test):,} to test on, {size}."
