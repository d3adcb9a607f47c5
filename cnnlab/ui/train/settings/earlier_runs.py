"""The section for earlier runs: weights to start from (transfer learning) and a teacher (distillation)."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab import models
from cnnlab.training.config import TrainConfig
from cnnlab.ui.cache import loaders
from cnnlab.ui.train.settings import fields

FIELDS = ("start_from", "freeze", "teacher", "temperature", "distill_weight")


@dataclass(frozen=True)
class Reference:
    """A setting that names a run. nothing: what its widget says where none is named; note: its help."""

    field: str
    label: str
    nothing: str
    note: str


START = Reference(
    "start_from",
    "Start from",
    "random weights",
    "Weights to begin with: a run, or RUN@EPOCH, also RUN@best. The last layer starts anew for other classes.",
)
TEACHER = Reference(
    "teacher", "Teacher", "none", "A run, or RUN@EPOCH, whose answers are learnt beside the labels (distillation)."
)


def widgets(config: TrainConfig, fixed: bool) -> None:
    """Draw the settings; a reference RUN@EPOCH may be typed."""
    state, names = st.session_state, [run.name for run in loaders.runs()[0]]
    layers = trainable(config)
    state.train_freeze = [name for name in state.train_freeze if name in layers]
    columns = st.columns([2, 2.4, 2, 1, 1], vertical_alignment="bottom")
    _reference(columns[0], START, names, fixed)
    columns[1].multiselect(
        "Frozen layers", layers, key="train_freeze", disabled=fixed, placeholder="none: all layers learn"
    )
    _reference(columns[2], TEACHER, names, fixed)
    if state.train_teacher:
        note = "Makes the teacher's answers softer, so that it also tells which mistakes are small ones."
        fields.number(columns[3], "temperature", "Temperature", fixed, step=0.5, help=note)
        note = "Share of the teacher in the loss; the labels have the rest."
        fields.number(columns[4], "distill_weight", "Share", fixed, step=0.1, help=note)


def _reference(place: DeltaGenerator, reference: Reference, names: list[str], fixed: bool) -> None:
    known = ["", *names]
    if st.session_state[fields.key(reference.field)] not in known:
        known.append(st.session_state[fields.key(reference.field)])
    place.selectbox(
        reference.label,
        known,
        key=fields.key(reference.field),
        format_func=lambda name: name or reference.nothing,
        accept_new_options=True,
        disabled=fixed,
        help=reference.note,
    )


def trainable(config: TrainConfig) -> list[str]:
    """The layers with weights, from input to output."""
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
