"""One network: its story, its blocks, what its units see, and its layers in numbers."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.charts import block_diagram
from cnnlab.inspection.architecture import Architecture
from cnnlab.models.stories import story
from cnnlab.ui.architectures import diagram, known_networks, network_code, unit_view
from cnnlab.ui.components import block_picture, required_choice
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of


def draw() -> None:
    """Draw the view of one network."""
    left, right = st.columns([2.2, 1.2], vertical_alignment="bottom")
    choice = known_networks.choose(left, "Network", "architectures_one")
    shape, classes = images(right, known_networks.made_for(choice), "architectures_shown_on")
    found = known_networks.architecture(choice, shape, classes)
    with presenting.main_view("sentence"):
        st.subheader(f"{choice.name}: {totals(found)}")
    told = story(choice.network)
    if told:
        st.markdown(f"**{told.title}, {told.year}** ({told.authors}). {told.text}")
    show(found, choice.name)
    unit_view.draw(found, choice.name)
    diagram.table(found)
    network_code.show(choice.name, choice.network, choice.options, "architectures_one_code")


def images(
    place: DeltaGenerator, made_for: tuple[tuple[int, int, int], int], key: str
) -> tuple[tuple[int, int, int], int]:
    """Draw the choice between the published images `made_for` and MNIST's; return the chosen (shape, classes)."""
    if made_for == known_networks.DIGITS:
        return known_networks.DIGITS
    options = [known_networks.PUBLISHED, known_networks.ON_DIGITS]
    address.remember("images", key, one_of(options), known_networks.PUBLISHED)
    chosen = required_choice.one_of(place, "Images", options, key=key)
    return made_for if chosen == known_networks.PUBLISHED else known_networks.DIGITS


def totals(found: Architecture) -> str:
    """Parameters, multiply-adds and depth in one line."""
    depth = f"{found.depth} layer{'s' * (found.depth != 1)} with weights"
    return f"{found.parameters:,} parameters, {diagram.short(found.multiplications)} multiply-adds, {depth}"


def reading(scale: block_diagram.Ruler) -> str:
    """How to read the pictures drawn to `scale`."""
    root = "" if scale.to_scale else " (its root, so that small ones can be seen)"
    return f"Height: side of the maps{root} · width: number of maps · rows of numbers: height by logarithm"


def show(found: Architecture, name: str) -> None:
    """Draw the blocks; a click chooses the layer whose units are looked at."""
    (picture,), scale, width = diagram.laid_out([diagram.picture(found)])
    svg = block_diagram.svg(picture, scale, f"The blocks of {name}", unit_view.shown_layer(found, name), width)
    arcs = " · arcs: shortcuts" if picture.arcs else ""
    with presenting.main_view("blocks"):
        block_picture.draw(svg, f"architectures_blocks_of_{name}", lambda layer: unit_view.pick(name, layer))
        st.caption(f"{reading(scale)}{arcs} · click a block to see what its units see")
