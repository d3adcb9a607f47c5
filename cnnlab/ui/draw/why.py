"""Why this digit and not the next: a logit as a sum over the last maps, shown on them and on the drawing."""

from __future__ import annotations

import numpy as np
import streamlit as st
import torch

from cnnlab.charts import contribution_pictures as pictures
from cnnlab.inspection.contributions import contributions
from cnnlab.runs.store import Checkpoint
from cnnlab.ui import messages
from cnnlab.ui.components import pixel_grid

CHOSEN = "draw_why"  # session-state key, no widget: the class whose bar was clicked
MAPS = 10


def pick(chosen: int) -> None:
    """A bar was clicked: show its sum, or hide it again."""
    st.session_state[CHOSEN] = None if st.session_state.get(CHOSEN) == chosen else chosen


def chosen() -> int | None:
    """The class whose sum is shown."""
    return st.session_state.get(CHOSEN)


def draw(network: Checkpoint, image: np.ndarray) -> None:
    """Draw the sum behind the chosen class's logit, beside the best of the others; image: uint8 [C, H, W]."""
    asked = chosen()
    if asked is None or asked >= len(network.classes):
        return
    why = contributions(network.model, torch.from_numpy(image))
    order = np.argsort(-why.logits, kind="stable")
    rival = int(order[0] if order[0] != asked else order[1])
    names = [messages.plain(network.classes[k]) for k in (asked, rival)]
    st.subheader(f"Why {names[0]}, why not {names[1]}?" if order[0] == asked else f"Why not {names[0]}?")
    for name, k in zip(names, (asked, rival), strict=True):
        st.markdown(pictures.sum_in_words(name, float(why.logits[k]), float(why.rest[k]), why.parts[k]))
    places = why.on_image(*image.shape[1:])
    titles = [f"for {network.classes[k]}" for k in (asked, rival)]
    left, right = st.columns([1, 1.3], gap="medium")
    with left:
        shown = list(zip(titles, places[[asked, rival]], strict=True))
        pixel_grid.draw(pictures.on_drawing(image.mean(0) / 255, shown), key="draw_why_places")
    with right:
        layer, name = why.layer or "pixels", network.classes[asked]
        pixel_grid.draw(pictures.on_maps(why.maps, why.parts[asked], layer, name, MAPS), key="draw_why_maps")
    st.markdown(pictures.softmax_table(why.logits.tolist(), [messages.plain(name) for name in network.classes]))
