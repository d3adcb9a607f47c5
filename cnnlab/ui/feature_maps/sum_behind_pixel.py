"""The sum behind the pixel that was clicked: every product, and what later layers make of it."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import feature_map_grid as pictures
from cnnlab.common.text import with_minus
from cnnlab.inspection.pixel_sum import PixelSum
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import flag
from cnnlab.ui.wording import input_names

ROWS = 4  # input channels drawn before the others are asked for


def draw(shown: Checkpoint, found: PixelSum) -> None:
    """Write out the sum and how it becomes the value in the clicked map; draw patch, kernel and products."""
    st.subheader(f"The sum behind row {found.row}, column {found.col} of map {found.channel} of {found.layer}")
    count = found.patches.size
    signed = "+ no bias" if found.bias == 0 else f"{found.bias:+.4f}".replace("-", "− ").replace("+", "+ ") + " (bias)"
    st.markdown(
        f"Σ of {count:,} products **{_number(found.total)}** {signed} = **{_number(found.value)}**"
        + "".join(f" → {step.layer}: {step.words} → **{_number(step.value)}**" for step in found.then)
        + f". The map says {_number(found.then[-1].value if found.then else found.measured)}."
    )
    order = np.arange(len(found.patches))
    if len(order) > ROWS:
        address.remember("inputs", "feature_maps_all_inputs", flag(), False)
    if len(order) > ROWS and not st.toggle(f"all {len(order)} input channels", key="feature_maps_all_inputs"):
        order = np.abs(found.channel_sums).argsort()[::-1][:ROWS]
        st.caption(f"A row an input channel; the {ROWS} that matter most here.")
    channels = [found.input_channels[row] for row in order]
    names = input_names(shown, found.layer, channels) if len(found.patches) > 1 else ["image"]
    mosaic = pictures.sums(
        found.patches[order], found.kernel[order], found.products[order], found.channel_sums[order], names
    )
    pixel_grid.draw(mosaic, "feature_maps_sum")


def _number(value: float) -> str:
    return with_minus(f"{value:.4f}")
