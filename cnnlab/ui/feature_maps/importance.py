"""Which pixels mattered for an answer, by several methods of attribution."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts.feature_map_grid import importance
from cnnlab.charts.mosaic import Mosaic
from cnnlab.common.background import OnProgress
from cnnlab.inspection.attribution import METHODS
from cnnlab.inspection.kernel_weights import convolutions
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import film_maker, pixel_grid
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.shared_image import SharedImage

PREDICTED = "its answer"


def draw(network: Checkpoint, image: SharedImage) -> None:
    """Draw the choice of the class, the attributions over the image, and how to read them."""
    answers = [PREDICTED, *network.classes]
    address.remember("for", "feature_maps_speaks_for", one_of(answers), PREDICTED)
    wanted = st.segmented_control(
        "What speaks for …",
        answers,
        key="feature_maps_speaks_for",
        required=True,
    )
    target, maps = attributions(network, image.image, wanted)
    row, col = np.unravel_index(maps["Occlusion"].argmax(), maps["Occlusion"].shape)
    with presenting.main_view("maps"):
        pixel_grid.draw(picture(network, image.image, target, maps), "feature_maps_importance")
        st.markdown(
            f"Covering row {row}, column {col} costs the **{network.classes[target]}** most: "
            f"its logit falls by {maps['Occlusion'].max():.2f}."
        )
    film_maker.draw(_film(image, wanted))
    st.markdown("\n".join(f"- **{name}**: {words}" for name, words in METHODS.items() if name in maps))


def attributions(network: Checkpoint, image: np.ndarray, wanted: str | None) -> tuple[int, dict[str, np.ndarray]]:
    """(the class that is asked about, by its number; the map [H, W] of each method) of a uint8 image [C, H, W]."""
    read = int(inspection.probabilities(network, image).argmax())
    target = read if wanted in (None, PREDICTED) else network.classes.index(wanted)
    methods = [name for name in METHODS if name != "Grad-CAM" or convolutions(network.model)]
    return target, {name: inspection.attribute(network, image, target, name) for name in methods}


def picture(network: Checkpoint, image: np.ndarray, target: int, maps: dict[str, np.ndarray]) -> Mosaic:
    """The maps over the image, for the class `target`."""
    return importance(image / 255, maps, f"Which pixels mattered for {network.classes[target]}")


def _film(image: SharedImage, wanted: str | None) -> film_maker.Subject:
    pixels = image.image

    def picture_of(network: Checkpoint, _on_progress: OnProgress) -> Mosaic:
        return picture(network, pixels, *attributions(network, pixels, wanted))

    title = f"{image.caption}, which pixels mattered for {'the answer' if wanted == PREDICTED else wanted}"
    return film_maker.Subject(title, "which pixels mattered", (pixels.tobytes(), wanted), picture_of)
