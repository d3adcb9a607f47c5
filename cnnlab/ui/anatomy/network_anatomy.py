"""How data flows through the network, dead channels, and the distributions of weights and outputs."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from cnnlab.charts import value_distributions as pictures
from cnnlab.charts.shape_row import PER_ROW, shape_row
from cnnlab.common.text import dimensions
from cnnlab.inspection import layer_summary
from cnnlab.inspection.health import Distribution, Liveliness
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection, loaders
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import flag
from cnnlab.ui.state.chosen_network import choice, one_network
from cnnlab.ui.wording import thing

FIT = 8  # layers whose distributions are drawn before the others are asked for
LINES = 4  # layers named above one shape
LIVE_SECONDS = 1.5
STOP_WIDTH = 92  # pixels that a shape and its names need
# In a window too narrow for that the row is moved sideways, instead of its names running into each other.
SCROLLS = (
    "<style>.st-key-anatomy_flow_row {{ overflow-x: auto; }}"
    '.st-key-anatomy_flow_row [data-testid="stVegaLiteChart"] {{ min-width: {}px; }}</style>'
)
NONLINEAR = {
    "ReLU": "ReLU",
    "LeakyReLU": "leaky ReLU",
    "ELU": "ELU",
    "GELU": "GELU",
    "Tanh": "tanh",
    "Sigmoid": "sigmoid",
}
LEGEND = '<span style="font-size:17px;margin-right:24px"><b style="color:{}">■</b> {}</span>'


def show(live: bool) -> None:
    """Draw the whole page; runs again by itself while training is followed."""
    if live and not choice().live:
        st.rerun()
    shown = one_network()
    one_row = data_flow(shown)
    images = f"{inspection.images_for_dead(shown):,} test {thing(shown)}s"
    silent_channels(inspection.liveliness(shown), images)
    distributions(shown, live, presented=one_row)


def data_flow(shown: Checkpoint) -> bool:
    """Draw the row of shapes, and every layer in a table; return whether the shapes fit into one row."""
    layers = inspection.layers(shown)
    stops = layer_summary.stops(layers, shown.image_shape)
    largest = max(layers, key=lambda layer: layer.parameters)
    total = sum(layer.parameters for layer in layers)
    with presenting.main_view("sentence"):
        st.subheader(f"{total:,} parameters, {largest.parameters / total:.0%} of them in {largest.name}")
    short = [
        ["input", *layer_summary.labels(stops[0], LINES - 1)],
        *(layer_summary.labels(stop, LINES) for stop in stops[1:]),
    ]
    shapes = [stop.shape for stop in stops]
    st.html(SCROLLS.format(min(len(shapes), PER_ROW) * STOP_WIDTH))
    with presenting.main_view("flow"), st.container(key="anatomy_flow_row"):
        st.altair_chart(shape_row(shapes, short, [stop.parameters for stop in stops]), key="anatomy_flow")
    with st.expander("Every layer in numbers"):
        st.dataframe(
            pd.DataFrame(
                {
                    "layer": [layer.name for layer in layers],
                    "kind": [f"{layer.kind} {layer.detail}" for layer in layers],
                    "output": [dimensions(layer.shape) for layer in layers],
                    "parameters": [layer.parameters for layer in layers],
                    "multiply-adds": [layer.multiplications for layer in layers],
                }
            ),
            hide_index=True,
            column_config={
                "parameters": st.column_config.NumberColumn(format="localized"),
                "multiply-adds": st.column_config.NumberColumn(format="localized"),
            },
        )
    return len(shapes) <= PER_ROW


def silent_channels(layers: list[Liveliness], images: str) -> None:
    """Draw which channels never become active; images: on how many of what, in words."""
    dead = [layer for layer in layers if layer.channels]
    if dead:
        worst = max(dead, key=lambda layer: layer.fraction)
        st.subheader(
            f"{worst.source}: {len(worst.channels)} of {len(worst.peaks)} never become active ({worst.fraction:.0%})"
        )
    elif layers:
        st.subheader("No channel is dead")
    for layer in layers:
        noun = "channel" if layer.is_map else "unit"
        named = f"dead: {', '.join(map(str, layer.channels))}" if layer.channels else "none is dead"
        st.markdown(f"**{layer.source}** after {layer.layer}: {named}")
        pixel_grid.draw(pictures.peaks(layer.peaks, layer.source, noun), f"anatomy_peaks_{layer.layer}")
    if layers:
        st.markdown(f"A cell a channel, on {images}; the outlined ones stayed 0 on all.")


def distributions(shown: Checkpoint, live: bool, presented: bool) -> None:
    """Draw the distributions of every layer's weights and outputs, untrained and now.

    presented: while a tab presents, the first layers' weights are among what it shows.
    """
    run = next((run for run in loaders.runs()[0] if run.name == shown.run), None)
    states = {"now" if live else f"epoch {shown.epoch}": shown}
    if run and run.epochs[0] == 0 and (shown.epoch or live):
        states = {"untrained": loaders.checkpoint(run, 0), **states}
    legend = "".join(LEGEND.format(colour, state) for state, colour in pictures.colours(list(states)).items())
    weights, outputs = inspection.distributions(states)
    for title, what, found in (("Weights", "weights", weights), (given(shown), "outputs", outputs)):
        with presenting.main_view("weights") if presented and what == "weights" else st.container():
            _layers(title, what, found, legend)


def _layers(title: str, what: str, found: Sequence[Distribution], legend: str) -> None:
    st.subheader(title)
    if len(found) > FIT:
        address.remember(what, f"anatomy_all_{what}", flag(), False)
    if len(found) > FIT and not st.toggle(f"all {len(found)} layers", key=f"anatomy_all_{what}"):
        found = found[:FIT]
    if presenting.on():
        found = found[: pictures.PER_ROW]
    st.html(legend)
    for first in range(0, len(found), pictures.PER_ROW):
        row = st.columns(pictures.PER_ROW)
        for place, each in zip(row, found[first : first + pictures.PER_ROW], strict=False):
            chart = pictures.distribution(each.layer, each.edges, each.fractions)
            place.altair_chart(chart, key=f"anatomy_{what}_of_{each.layer}")


def given(shown: Checkpoint) -> str:
    """What the layers' outputs are, with the name of what follows them."""
    follows = sorted({type(module).__name__ for module in shown.model.modules()} & set(NONLINEAR))
    return f"What the layers give, before {' or '.join(NONLINEAR[kind] for kind in follows)}".removesuffix(", before ")
