"""What one unit of one layer sees of a digit: its receptive field."""

from __future__ import annotations

import numpy as np
import streamlit as st

from cnnlab.charts import receptive_field
from cnnlab.inspection.architecture import Architecture
from cnnlab.inspection.receptive_fields import Seen
from cnnlab.ui.architectures.diagram import sees
from cnnlab.ui.cache import loaders
from cnnlab.ui.components import pixel_grid, required_choice
from cnnlab.ui.components.required_choice import from_list
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import cell, one_of

LAYERS, UNIT, DIGIT = "architectures_unit_layers", "architectures_unit", "architectures_digit"
DIGITS = [str(digit) for digit in range(10)]


def pick(name: str, layer: str | None) -> None:
    """Look at this layer of the network `name` from now on; None: at the one that is shown at first."""
    st.session_state[LAYERS] = {**st.session_state.get(LAYERS, {}), name: layer}


def shown_layer(found: Architecture, name: str) -> str:
    """The layer that was chosen, or the last one that does not see everything; "" where there are no maps."""
    if not found.maps:
        return ""

    def chosen_layer() -> str | None:
        return st.session_state.get(LAYERS, {}).get(name)

    address.says("layer", one_of(found.maps, str), None, chosen_layer, lambda layer: pick(name, layer))
    chosen = chosen_layer()
    if chosen in found.maps:
        return chosen
    height, width = found.image_shape[1:]
    part = [name for name in found.maps if (size := found.seen[name].size) and size[0] < height and size[1] < width]
    return (part or found.maps)[-1]


def draw(found: Architecture, name: str) -> None:
    """Draw the digit with the receptive field outlined, and the layer's units to choose one from."""
    if not found.maps:
        return
    address.remember("digit", DIGIT, one_of(DIGITS), "4")
    left, right = st.columns([1.1, 1.6], vertical_alignment="bottom")
    key = f"architectures_layer_of_{name}"
    st.session_state[key] = shown_layer(found, name)
    question = "What a unit sees: layer"
    layer = from_list(left, question, found.maps, key=key, on_change=lambda: pick(name, st.session_state[key]))
    digit = required_choice.one_of(right, "Digit", DIGITS, key=DIGIT)
    seen = found.seen[layer]
    row, col = _unit(seen)
    st.subheader(_sentence(found, layer, seen, row, col))
    mosaic = receptive_field.field(
        _resized(_image(int(digit)), found.image_shape[1:]),
        mask=seen.mask(row, col),
        window=seen.window(row, col),
        counts=seen.counts(),
        unit=(row, col),
        layer=layer,
    )
    pixel_grid.draw(mosaic, "architectures_field", lambda cell: _choose(cell.row, cell.col) if cell.tile else None)


def _unit(seen: Seen) -> tuple[int, int]:
    """The chosen unit, or the one in the middle."""
    down, across = seen.units
    address.remember_click("unit", UNIT, cell(seen.units))
    row, col = st.session_state.get(UNIT, (down, across))
    return (row, col) if row < down and col < across else (down // 2, across // 2)


def _choose(row: int, col: int) -> None:
    st.session_state[UNIT] = (row, col)


def _sentence(found: Architecture, layer: str, seen: Seen, row: int, col: int) -> str:
    height, width = seen.image
    fraction = seen.mask(row, col).mean()
    words = f"Unit ({row}, {col}) of {layer} sees {fraction:.0%} of the {height}×{width} pixels"
    if seen.size is None:
        return f"{words}: everything"
    window = seen.window(row, col)
    whole = sees(found, layer)
    cut = f"{window.height}×{window.width}"
    return f"{words}: {whole}" if cut == whole else f"{words}: {whole}, cut off at the border to {cut}"


def _image(digit: int) -> np.ndarray:
    """The first test image of `digit`, float [28, 28] in 0..1."""
    test = loaders.dataset("mnist")[1]
    return test.images[int((test.labels == digit).nonzero()[0])][0].numpy() / 255


def _resized(image: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The image [h, w] at another size, by the nearest pixels: still a digit to the eye."""
    rows, cols = (np.arange(new) * old // new for new, old in zip(size, image.shape, strict=True))
    return image[rows][:, cols]
