"""All kernels of a convolution on one scale, or how they changed since the epoch before."""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import streamlit as st

from cnnlab.charts import kernel_grid as pictures
from cnnlab.charts.mosaic import Mosaic, diverging
from cnnlab.common.background import OnProgress
from cnnlab.inspection import kernel_weights
from cnnlab.runs.store import Checkpoint
from cnnlab.ui.cache import inspection
from cnnlab.ui.components import epoch_player, film_maker, pixel_grid
from cnnlab.ui.kernels import kernel_detail
from cnnlab.ui.state import address, presenting
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.chosen_network import Choice, choice, one_network
from cnnlab.ui.wording import input_names, thing

LIVE_SECONDS = 0.7
FIT_ALONE, FIT_OUT, FIT_IN = 64, 32, 16  # kernels, columns and rows that can be told apart from the back row
FIT_NAMES = 5  # convolutions whose names fit beside each other
WEIGHTS, CHANGE = "Weights", "Change since the epoch before"


def show(layer: str, view: str, live: bool) -> None:
    """Everything below the controls; runs again by itself while training is followed."""
    chosen = choice()
    if chosen.live != live:
        st.rerun()
    shown = one_network()
    earlier = epoch_player.previous(chosen, shown) if view == CHANGE else None
    if view == CHANGE and earlier is None:
        st.info("This is the untrained network: there is no epoch before it. Choose a later one.")
        return
    values = weights_of(shown, layer, earlier)
    with presenting.main_view("sentence"):
        st.subheader(sentence(shown, layer, values, earlier))
    kernel = kernel_detail.chosen(layer, len(values))
    silent = kernel_detail.silenced(layer, len(values))
    dead = set() if live else _dead(shown, layer)
    alone = values.shape[1] == 1
    outputs = window("Output channels", layer, values.shape[0], FIT_ALONE if alone else FIT_OUT)
    inputs = window("Input channels", layer, values.shape[1], FIT_IN)
    part = Part(layer, view, outputs, inputs, kernel)
    with presenting.main_view("grid"):
        pixel_grid.draw(
            picture(shown, values, part, silent | dead),
            f"kernels_grid_{layer}",
            lambda cell: kernel_detail.choose(layer, outputs[cell.tile % len(outputs)]),
        )
    words = [kernel_weights.in_words(kernel_weights.convolutions(shown.model)[layer]), "click a kernel to look closer"]
    if dead:
        words.insert(1, f"never active on {inspection.images_for_dead(shown):,} test {thing(shown)}s: {listed(dead)}")
    if silent:
        words.insert(1, f"switched off: {listed(silent)}")
    st.markdown(" · ".join(words))
    film_maker.draw(_film(chosen, part, silent))
    kernel_detail.draw(shown, kernel_detail.Kernel(layer, kernel, values[kernel], diverging(values, "")), live)


class Part(NamedTuple):
    """What is drawn of a network: the channels `outputs` and `inputs` of `layer`, its chosen kernel marked."""

    layer: str
    view: str
    outputs: range
    inputs: range
    kernel: int


def weights_of(shown: Checkpoint, layer: str, earlier: Checkpoint | None) -> np.ndarray:
    """The weights [O, I, kh, kw] of `layer`, or how they differ from those of an `earlier` network."""
    values = kernel_weights.weights(shown.model, layer)
    return values if earlier is None else values - kernel_weights.weights(earlier.model, layer)


def picture(shown: Checkpoint, values: np.ndarray, part: Part, marked: Collection[int]) -> Mosaic:
    """The kernels of that part; values: all of the layer's, [O, I, kh, kw]; marked: those that need attention."""
    scale = diverging(values, "weight" if part.view == WEIGHTS else "change of the weight")
    look = pictures.KernelLook(scale, f"Kernels of {part.layer}", part.kernel, marked)
    fitting = values[part.outputs.start : part.outputs.stop, part.inputs.start : part.inputs.stop]
    if values.shape[1] == 1:
        return pictures.kernel_grid(fitting[:, 0], part.outputs, look)
    return pictures.channel_grid(fitting, input_names(shown, part.layer, part.inputs), part.outputs, look)


def _film(chosen: Choice, part: Part, silent: set[int]) -> film_maker.Subject:
    def picture_of(network: Checkpoint, _on_progress: OnProgress) -> Mosaic:
        earlier = epoch_player.previous(chosen, network) if part.view == CHANGE else None
        values = weights_of(network, part.layer, earlier)
        return picture(network, values, part, silent | _dead(network, part.layer))

    what = "kernels" if part.view == WEIGHTS else "change of the kernels"
    settings = (*part, frozenset(silent))
    return film_maker.Subject(
        f"{what} of {part.layer}", f"{what} {part.layer}", settings, picture_of, skips=int(part.view == CHANGE)
    )


def _dead(shown: Checkpoint, layer: str) -> set[int]:
    """The kernels of `layer` that are never active on some test images."""
    return {channel for each in inspection.liveliness(shown) if each.source == layer for channel in each.channels}


def window(what: str, layer: str, count: int, fit: int) -> range:
    """Which of `count` channels are drawn; a slider to the others where they do not all fit."""
    if count <= fit:
        return range(count)
    starts = list(range(0, count, fit))
    key = f"kernels_{what}_of_{layer}"
    address.remember(what.split()[0].lower(), key, one_of(starts), 0)
    start = st.select_slider(
        what,
        starts,
        key=key,
        format_func=lambda first: f"{first} – {min(first + fit, count) - 1}",
    )
    return range(start, min(start + fit, count))


def sentence(shown: Checkpoint, layer: str, values: np.ndarray, earlier: Checkpoint | None) -> str:
    """What to look at, from the weights `values` or, where there is an `earlier` network, their change."""
    sizes = np.abs(values).mean((1, 2, 3))
    most = int(sizes.argmax())
    if earlier:
        return (
            f"Since epoch {earlier.epoch} kernel {most} of {layer} moved most: {sizes[most]:.3f} a weight on average."
        )
    when = "untrained" if shown.epoch == 0 and not choice().live else f"after epoch {shown.epoch}"
    return f"{layer}, {when}: kernel {most} is the strongest, {sizes[most]:.2f} a weight on average."


def listed(numbers: set[int]) -> str:
    """As in "kernels 3, 7 and 9"."""
    *most, last = map(str, sorted(numbers))
    return f"kernels {', '.join(most)} and {last}" if most else f"kernel {last}"
