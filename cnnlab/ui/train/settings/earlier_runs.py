"""What a run takes from earlier ones: first weights (transfer) and a teacher (distillation)."""

from __future__ import annotations

import streamlit as st

from cnnlab import models
from cnnlab.training.config import TrainConfig
from cnnlab.ui.cache import loaders
from cnnlab.ui.train.settings import fields

FIELDS = ("start_from", "freeze", "teacher", "temperature", "distill_weight")


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the settings; a reference RUN@EPOCH may be typed."""
    state, names = st.session_state, [run.name for run in loaders.runs()[0]]
    layers = trainable(config)
    state.freeze = [name for name in state.freeze if name in layers]
    columns = st.columns([2, 2.4, 2, 1, 1], vertical_alignment="bottom")
    note = "Weights to begin with: a run, or RUN@EPOCH, also RUN@best. The last layer starts anew for other classes."
    _reference(columns[0], "Start from", "start_from", names, "random weights", fixed, note)
    columns[1].multiselect("Frozen layers", layers, key="freeze", disabled=fixed, placeholder="none: all layers learn")
    note = "A run, or RUN@EPOCH, whose answers are learnt beside the labels (distillation)."
    _reference(columns[2], "Teacher", "teacher", names, "none", fixed, note)
    if state.teacher:
        note = "Makes the teacher's answers softer, so that it also tells which mistakes are small ones."
        fields.number(columns[3], "temperature", "Temperature", fixed, 0.5, note)
        note = "Share of the teacher in the loss; the labels have the rest."
        fields.number(columns[4], "distill_weight", "Share", fixed, 0.1, note)


def _reference(place, label: str, field: str, names: list[str], nothing: str, fixed: bool, note: str) -> None:
    known = ["", *names]
    if st.session_state[field] not in known:
        known.append(st.session_state[field])
    place.selectbox(
        label,
        known,
        key=field,
        format_func=lambda name: name or nothing,
        accept_new_options=True,
        disabled=fixed,
        help=note,
    )


def trainable(config: TrainConfig) -> list[str]:
    """The layers with weights, from the image to the answer."""
    outline = models.outline(config.network, options=config.options)
    return [name for name, layer in outline.named_modules() if next(layer.parameters(recurse=False), None) is not None]


def picture(config: TrainConfig, fixed: bool) -> None:
    """Say what the settings mean for this run."""
    if config.start_from:
        kept = f" {', '.join(config.freeze)} stay as they are there." if config.freeze else ""
        st.markdown(f"The run begins with the weights of **{config.start_from}**.{kept}")
    if config.teacher:
        st.markdown(
            f"**{100 * config.distill_weight:.0f} %** of the loss asks for the answers of **{config.teacher}**, "
            f"softened by a temperature of {config.temperature:g}; the rest asks for the labels."
        )
