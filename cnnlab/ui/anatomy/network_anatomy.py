"""The way of the data through the network, dead channels, and the distributions of its values."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from cnnlab.charts import value_distributions as pictures
from cnnlab.charts.shape_row import shape_row
from cnnlab.common.text import dimensions
from cnnlab.inspection import layer_summary
from cnnlab.inspection.health import Liveliness
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection, loaders
from cnnlab.ui.components import pixel_grid
from cnnlab.ui.state.chosen_network import choice

FIT = 8  # layers whose distributions are drawn before the others are asked for
LINES = 4  # layers named above one shape


def data_flow(shown: Checkpoint) -> None:
    """The row of shapes, and every layer in a table."""
    layers = inspection.layers(shown)
    stops = layer_summary.stops(layers, shown.image_shape)
    largest = max(layers, key=lambda layer: layer.parameters)
    total = sum(layer.parameters for layer in layers)
    st.subheader(f"{total:,} parameters, {largest.parameters / total:.0%} of them in {largest.name}")
    short = [
        ["input", *layer_summary.labels(stops[0], LINES - 1)],
        *(layer_summary.labels(stop, LINES) for stop in stops[1:]),
    ]
    st.altair_chart(
        shape_row([stop.shape for stop in stops], short, [stop.parameters for stop in stops]), key="anatomy_flow"
    )
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


def silent_channels(layers: list[Liveliness], images: str) -> None:
    """Which channels never become active on so many test digits."""
    dead = [layer for layer in layers if layer.channels]
    if dead:
        worst = max(dead, key=lambda layer: layer.share)
        st.subheader(
            f"{worst.source}: {len(worst.channels)} of {len(worst.peaks)} never become active ({worst.share:.0%})"
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


def distributions(shown: Checkpoint) -> None:
    """Weights and outputs of every layer, untrained against now."""
    run = next((run for run in loaders.runs()[0] if run.name == shown.run), None)
    states = {f"epoch {shown.epoch}": shown}
    if run and run.epochs[0] == 0 and (shown.epoch or choice().live):
        states = {"untrained": loaders.checkpoint(run, 0), **states}
    for found, title in zip(
        inspection.distributions(states), ("Weights", "What the layers give, before ReLU"), strict=True
    ):
        st.subheader(title)
        if len(found) > FIT and not st.toggle(f"all {len(found)} layers", key=f"anatomy_all_{title}"):
            found = found[:FIT]
        layers, edges, shares = ([getattr(each, name) for each in found] for name in ("layer", "edges", "shares"))
        st.altair_chart(pictures.distributions(layers, edges, shares, ""), key=f"anatomy_{title}", width="content")
