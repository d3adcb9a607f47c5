"""Which pixels mattered for an answer, by several methods of attribution."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.feature_map_grid import importance
from cnnlab.inspection.attribution import METHODS
from cnnlab.inspection.kernel_weights import convolutions
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.shared_image import SharedImage

PREDICTED = "its answer"


def draw(network: Checkpoint, image: SharedImage) -> None:
    """Draw the choice of the class, the attributions over the image, and how to read them."""
    read = int(inspection.probabilities(network, image.image).argmax())
    answers = [PREDICTED, *network.classes]
    address.remember("for", "feature_maps_speaks_for", one_of(answers), PREDICTED)
    wanted = st.segmented_control(
        "What speaks for …",
        answers,
        key="feature_maps_speaks_for",
        required=True,
    )
    target = read if wanted == PREDICTED else network.classes.index(wanted)
    methods = [name for name in METHODS if name != "Grad-CAM" or convolutions(network.model)]
    maps = {name: inspection.attribute(network, image.image, target, name) for name in methods}
    title = f"Which pixels mattered for {network.classes[target]}"
    row, col = np.unravel_index(maps["Occlusion"].argmax(), maps["Occlusion"].shape)
    with presenting.main_view("maps"):
        pixel_grid.draw(importance(image.image / 255, maps, title), "feature_maps_importance")
        st.markdown(
            f"Covering row {row}, column {col} costs the **{network.classes[target]}** most: "
            f"its logit falls by {maps['Occlusion'].max():.2f}."
        )
    st.markdown("\n".join(f"- **{name}**: {words}" for name, words in METHODS.items() if name in methods))
