"""Widgets for single settings: each keeps its value under the setting's own name."""

from __future__ import annotations

import streamlit as st

from cnnlab.training.config import TrainConfig


def fill(config: TrainConfig, *fields: str) -> None:
    """Give the widgets of these settings the values of `config` where they are drawn for the first time."""
    for field in fields:
        if field not in st.session_state:
            st.session_state[field] = shown(getattr(config, field))


def shown(value: object) -> object:
    """A setting as its widget holds it: numbers between commas, names as a list."""
    if not isinstance(value, tuple):
        return value
    return list(value) if value and isinstance(value[0], str) else ", ".join(map(str, value))


def number(place, field: str, label: str, low: float, high: float, step: float, fixed: bool, note: str = "") -> None:
    """A number's field, whole where `step` is."""
    place.number_input(
        label,
        low,
        high,
        key=field,
        step=step,
        format=None if isinstance(step, int) else "%g",
        disabled=fixed,
        help=note or None,
    )
