"""Says so where a drawing does not look like the digits that the network learned from; the answer stays."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnlab.charts.drawing_strips import nearest_images
from cnnlab.evaluation.out_of_distribution import LOST
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import familiarity
from cnnlab.ui.components import pixel_grid

NEAREST = 8


def draw(network: Checkpoint, image: np.ndarray, probabilities: Sequence[float]) -> None:
    """Draw the score of uint8 [C, H, W] and, where it is low, a sentence and the nearest training images."""
    best, least = max(probabilities), familiarity.threshold(network)
    told = f"Its best digit has {best:.1%}; {1 - LOST:.0%} of the validation digits reach {least:.1%}."
    if best >= least:
        st.caption(told)
        return
    st.warning(
        f"**This does not look like a digit**; the network can only answer 0 to 9. {told} The nearest training images:"
    )
    pixel_grid.draw(nearest_images(familiarity.nearest_training_images(network, image, NEAREST)), "draw_nearest")
