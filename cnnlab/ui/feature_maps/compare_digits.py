"""Several test images side by side with the same feature maps: which class excites which feature."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.feature_map_grid import side_by_side
from cnnlab.charts.mosaic import Mosaic
from cnnlab.common.background import OnProgress
from cnnlab.inspection import activations
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import film_maker, pixel_grid
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of, some_of, whole
from cnnlab.ui.wording import thing

DIGITS, FEATURES = 5, 5  # shown at first
MOST_DIGITS, MOST_FEATURES = 6, 10
COMPARED = "feature_maps_compared"


def draw(network: Checkpoint) -> None:
    """Draw the widgets, and the first test image of each chosen class with its maps."""
    test = inspection.test_images(network)
    columns = st.columns([2.6, 2, 1], vertical_alignment="bottom")
    counts = np.bincount(test.labels.numpy(), minlength=len(test.classes))
    there = [name for name, count in zip(test.classes, counts, strict=True) if count]
    address.remember("classes", COMPARED, some_of(there, most=MOST_DIGITS), there[:DIGITS])
    names = columns[0].multiselect(
        "Digits" if thing(network) == "digit" else "Classes",
        there,
        key=COMPARED,
        max_selections=MOST_DIGITS,
        placeholder="Choose some",
    )
    if not names:
        st.info("Choose at least one.")
        return
    labels = test.labels.numpy()
    indices = [int(np.flatnonzero(labels == test.classes.index(name))[0]) for name in names]
    images = test.images[indices].numpy()
    maps = activations.maps(inspection.stages(network, images))
    if not maps:
        st.info("This network has no feature maps to show: choose another run.")
        return
    key, layers = "feature_maps_compared_layer", list(maps)
    address.remember("layer", key, one_of(layers, str), layers[min(1, len(maps) - 1)])
    layer = from_list(columns[1], "Layer", layers, key=key)
    shown = maps[layer].numpy()
    most = min(MOST_FEATURES, shown.shape[1])
    address.remember("features", "feature_maps_compared_features", whole(1, most), min(FEATURES, most))
    count = columns[2].number_input("Features", 1, most, key="feature_maps_compared_features")
    shown = shown[:, :count]
    strength = shown.mean((2, 3))
    digit, feature = np.unravel_index(strength.argmax(), strength.shape)
    with presenting.main_view("maps"):
        st.subheader(f"Of these, the {names[digit]} excites feature {feature} of {layer} most.")
        pixel_grid.draw(side_by_side(images / 255, shown, names, layer), "feature_maps_side_by_side")

    def picture_of(network: Checkpoint, _on_progress: OnProgress) -> Mosaic:
        found = activations.maps(inspection.stages(network, images))[layer].numpy()
        return side_by_side(images / 255, found[:, :count], names, layer)

    title, settings = f"features of {layer}", (images.tobytes(), count)
    film_maker.draw(film_maker.Subject(title, title, settings, picture_of))
