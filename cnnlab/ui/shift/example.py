"""One digit moved in eight directions, with what networks read: for as long as nothing is measured."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnlab.charts import offsets
from cnnlab.checkpoints import Checkpoint
from cnnlab.evaluation import shift
from cnnlab.ui import insight, pixel_grid
from cnnlab.ui.image_chooser import INDEX
from cnnlab.ui.robustness import REACH
from cnnlab.ui.wording import thing

START_IMAGE = 4


def draw(networks: Sequence[Checkpoint], fill: str, distance: int) -> None:
    """A row a network; the answer is above each image."""
    test = insight.test_images(networks[0])
    index = min(st.session_state.get(INDEX, START_IMAGE), len(test) - 1)
    steps = [(distance * x, distance * y) for x, y in ((0, 0), *shift.DIRECTIONS)]
    moved = [shift.moved(test.images[index].numpy(), dx, dy, fill, REACH) for dx, dy in steps]
    rows = [
        (network.run, [network.classes[int(insight.probabilities(network, each).argmax())] for each in moved])
        for network in networks
    ]
    pixel_grid.draw(offsets.read_as([each / 255 for each in moved], rows), "example")
    st.markdown(
        f"One {thing(networks[0])}, and the same moved by {distance} px in eight directions. Above: what it is read as."
    )
