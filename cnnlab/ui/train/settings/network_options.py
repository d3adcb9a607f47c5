"""The section for the chosen network's options, and the size they give it."""

from __future__ import annotations

from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab import models
from cnnlab.common.text import dimensions
from cnnlab.data import datasets
from cnnlab.errors import CnnlabError
from cnnlab.inspection.layer_summary import summarize
from cnnlab.models.options import Checked, Flag, Option, Word
from cnnlab.training.config import TrainConfig
from cnnlab.ui import messages

FIELDS = ("options",)
OF = "train_options_of"  # session-state key: the network whose options are in "train_options"
PER_ROW = 5
SLOW = 1e9  # multiply-adds an image from which a laptop takes hours for an epoch


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw an input for every option of the network."""
    if st.session_state.get(OF) != config.network or "train_options" not in st.session_state:
        st.session_state[OF], st.session_state["train_options"] = config.network, config.options
    declared = [option for option in models.spec(config.network).options if not isinstance(option, Checked)]
    if not declared:
        st.caption(f"{config.network} has no options.")
    for first in range(0, len(declared), PER_ROW):
        row = st.columns(PER_ROW, vertical_alignment="bottom")
        for place, option in zip(row, declared[first : first + PER_ROW], strict=False):
            _widget(place, config.network, option, fixed)


def _widget(place: DeltaGenerator, network: str, option: Option, fixed: bool) -> None:
    """Draw an input that holds what is chosen, else the default; what is typed is checked with all other settings."""
    key = f"train_option_{option.name}_of_{network}"
    value = st.session_state["train_options"].get(option.name, option.default)
    label, what = option.name.replace("_", " ").capitalize(), option.what.capitalize()
    args = (option, key)
    if isinstance(option, Word):
        st.session_state[key] = value if value in option.words else option.default
        place.selectbox(label, option.words, help=f"{what}.", key=key, on_change=_take, args=args, disabled=fixed)
    elif isinstance(option, Flag):
        st.session_state[key] = bool(value)
        place.checkbox(label, help=f"{what}.", key=key, on_change=_take, args=args, disabled=fixed)
    else:
        st.session_state[key] = _text(value)
        note = f"{what}: {option.allowed}."
        place.text_input(label, help=note, key=key, on_change=_take, args=args, disabled=fixed)


def _take(option: Option, key: str) -> None:
    """Keep what was typed; a default is left out, so that the settings stay those of the recipe."""
    typed = st.session_state[key]
    chosen = {name: value for name, value in st.session_state["train_options"].items() if name != option.name}
    if typed != _text(option.default) and typed != option.default:
        chosen[option.name] = typed
    st.session_state["train_options"] = models.Options(chosen)


def _text(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return f"{value:g}" if isinstance(value, float) else str(value)


def picture(config: TrainConfig, fixed: bool) -> None:
    """Say how large the network is."""
    try:
        shape, classes = datasets.images_of(config.dataset)
        count, multiplications = _size(config.network, models.Options(config.options).text, shape, classes)
    except CnnlabError as error:
        messages.problem(error)
        return
    images = dimensions(shape)
    st.markdown(
        f"**{config.network}**: {count:,} parameters, {_large(multiplications)} multiply-adds for an image of {images}."
    )
    if multiplications > SLOW:
        hint = "choose a smaller size for its images" if "size" in _names(config) else "choose fewer channels"
        st.warning(f"Without a GPU an epoch takes hours: {hint}.")


def _names(config: TrainConfig) -> set[str]:
    return {option.name for option in models.spec(config.network).options}


@st.cache_data(max_entries=64, show_spinner=False)
def _size(network: str, options: str, shape: tuple[int, int, int], classes: int) -> tuple[int, int]:
    """(parameters, multiply-adds for one image)."""
    chosen = models.Options.of(options)
    layers = summarize(models.outline(network, models.ImageSpec(shape, classes), options=chosen), shape)
    return sum(layer.parameters for layer in layers), sum(layer.multiplications for layer in layers)


def _large(number: int) -> str:
    for unit, word in ((1e9, "billion"), (1e6, "million")):
        if number >= unit:
            return f"{number / unit:.1f} {word}"
    return f"{number:,}"
