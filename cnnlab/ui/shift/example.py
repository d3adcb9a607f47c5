"""One image moved in eight directions, with what networks read: shown while nothing is measured."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from cnnlab.charts import offset_maps
from cnnlab.evaluation import shifts
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.components.image_chooser import INDEX
from cnnlab.ui.shift.measurements import REACH
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import whole
from cnnlab.ui.wording import thing

START_IMAGE = 4  # the test image that is shown until another one is chosen


def draw(networks: Sequence[Checkpoint], fill: str, distance: int) -> None:
    """Draw a row for every network, the images moved by `distance` pixels; each network's answers stand above them."""
    test = inspection.test_images(networks[0])
    address.remember("image", INDEX, whole(0, len(test) - 1), START_IMAGE)
    index = st.session_state[INDEX]
    steps = [(distance * x, distance * y) for x, y in ((0, 0), *shifts.DIRECTIONS)]
    moved = [shifts.moved(test.images[index].numpy(), dx, dy, fill=fill, reach=REACH) for dx, dy in steps]
    rows = [
        (network.run, [network.classes[int(inspection.probabilities(network, each).argmax())] for each in moved])
        for network in networks
    ]
    pixel_grid.draw(offset_maps.read_as([each / 255 for each in moved], rows), "shift_example")
    st.markdown(
        f"One {thing(networks[0])}, and the same moved by {distance} px in eight directions. Above: what it is read as."
    )
