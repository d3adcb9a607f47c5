"""Two networks, one above the other, drawn to one scale."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnlab.charts import block_diagram
from cnnlab.common.text import dimensions
from cnnlab.inspection.architecture import Architecture
from cnnlab.ui.architectures import diagram, known_networks, one_network
from cnnlab.ui.components import block_picture
from cnnlab.ui.state import presenting

FIRST, SECOND = "alexnet", "vgg-16"


def draw() -> None:
    """Draw the view of two networks."""
    left, right, place = st.columns([1.5, 1.5, 1.2], vertical_alignment="bottom")
    choices = [
        known_networks.choose(left, "Network", "architectures_first", FIRST),
        known_networks.choose(right, "Compared with", "architectures_second", SECOND),
    ]
    made_for = [known_networks.made_for(choice) for choice in choices]
    images = one_network.images(place, max(made_for), "architectures_shown_on")
    found = [
        known_networks.architecture(choice, *(known_networks.DIGITS if images == known_networks.DIGITS else published))
        for choice, published in zip(choices, made_for, strict=True)
    ]
    names = [choice.name for choice in choices]
    pictures, scale, width = diagram.laid_out([diagram.picture(each) for each in found], height=480)
    with presenting.main_view("blocks"):
        st.subheader(sentence(names, found))
        for number, (name, picture) in enumerate(zip(names, pictures, strict=True)):
            st.markdown(f"##### {name}")
            svg = block_diagram.svg(picture, scale, f"The blocks of {name}", width=width)
            block_picture.draw(svg, f"architectures_compared_{number}")
    st.caption(f"{one_network.reading(scale)} · both to one scale")
    st.table(totals(names, found))


def sentence(names: list[str], found: list[Architecture]) -> str:
    """How many times as large and as costly the larger one is."""
    large = int(found[1].parameters >= found[0].parameters)
    small = 1 - large
    weights = found[large].parameters / max(1, found[small].parameters)
    cost = found[large].multiplications / max(1, found[small].multiplications)
    if names[0] == names[1]:
        return "The same network twice: choose another one"
    return f"{names[large]} has {_times(weights)} the parameters of {names[small]} and {_times(cost)} its multiply-adds"


def totals(names: list[str], found: list[Architecture]) -> pd.DataFrame:
    """A row for each thing to compare, a column for each network."""
    rows = {
        "parameters": [f"{each.parameters:,}" for each in found],
        "multiply-adds for one image": [f"{each.multiplications:,}" for each in found],
        "layers with weights": [str(each.depth) for each in found],
        "most parameters in": [_heaviest(each) for each in found],
        "a unit of the last maps sees": [diagram.sees(each, _last(each)) for each in found],
        "images": [dimensions(each.image_shape) for each in found],
    }
    columns = names if names[0] != names[1] else [names[0], f"{names[0]} again"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns)


def _times(factor: float) -> str:
    return f"{factor:,.0f} times" if factor >= 10 else f"{factor:.2g} times"


def _heaviest(found: Architecture) -> str:
    largest = max(found.layers, key=lambda layer: layer.parameters)
    return f"{largest.name}: {largest.parameters / max(1, found.parameters):.0%}"


def _last(found: Architecture) -> str:
    """The last layer with a receptive field smaller than the image, before any averaging or flattening; "" for none."""
    sized = [name for name in found.maps if found.seen[name].size]
    return sized[-1] if sized else ""
