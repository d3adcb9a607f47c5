"""One network: its story, its blocks, what its units see, and its layers in numbers."""

from __future__ import annotations

import streamlit as st

from cnnlab.charts import blocks
from cnnlab.inspection.architecture import Architecture
from cnnlab.models.stories import story
from cnnlab.ui import block_diagram
from cnnlab.ui.architectures import diagram, known, units
from cnnlab.ui.keep import keep

READING = (
    "Height: side of the maps · width: number of channels · blue: convolution, orange: pooling, green: linear, whose "
    "height grows with the logarithm of its count{arcs} · click a block"
)


def draw() -> None:
    """The view."""
    left, right = st.columns([2.2, 1.2], vertical_alignment="bottom")
    keep(architecture_one=None)
    choice = known.choose(left, "Network", "architecture_one")
    shape, classes = images(right, known.made_for(choice), "architecture_images")
    found = known.architecture(choice, shape, classes)
    st.subheader(f"{choice.name}: {totals(found)}")
    told = story(choice.network)
    if told:
        st.markdown(f"**{told.title}, {told.year}** ({told.authors}). {told.text}")
    show(found, choice.name, "one")
    units.draw(found)
    diagram.table(found)


def images(place, made_for: tuple[tuple[int, int, int], int], key: str) -> tuple[tuple[int, int, int], int]:
    """The images on which networks are drawn: (shape, classes)."""
    if made_for == known.DIGITS:
        return known.DIGITS
    keep(**{key: known.PUBLISHED})
    options = [known.PUBLISHED, known.ON_DIGITS]
    chosen = place.segmented_control("Images", options, key=key, required=True)
    return made_for if chosen == known.PUBLISHED else known.DIGITS


def totals(found: Architecture) -> str:
    """In one line."""
    depth = f"{found.depth} layer{'s' * (found.depth != 1)} with weights"
    return f"{found.parameters:,} parameters, {diagram.short(found.multiplications)} multiply-adds, {depth}"


def show(found: Architecture, name: str, key: str) -> None:
    """The blocks; a click chooses the layer whose units are looked at."""
    picture = diagram.picture(found)
    scale = blocks.ruler([picture])
    svg = blocks.svg(picture, scale, f"The blocks of {name}", units.shown_layer(found) if found.maps else "")
    block_diagram.draw(svg, f"blocks {key}", units.pick)
    st.caption(READING.format(arcs=", arcs: shortcuts" if picture.arcs else ""))
