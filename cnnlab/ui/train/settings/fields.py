"""Widgets for single settings; the session-state key of each is `train_` and the setting's name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.training.config import TrainConfig


def key(name: str) -> str:
    """The session-state key of a setting."""
    return f"train_{name}"


def put(config: TrainConfig, names: Iterable[str]) -> None:
    """Make the widgets of these settings show `config`; call before they are drawn, or in a callback."""
    for name in names:
        st.session_state[key(name)] = shown(getattr(config, name))


def shown(value: object) -> object:
    """A setting as its widget holds it: several numbers as text with commas, several names as a list."""
    if not isinstance(value, tuple):
        return value
    return list(value) if value and isinstance(value[0], str) else ", ".join(map(str, value))


def number(place: DeltaGenerator, field: str, label: str, fixed: bool, *, step: float = 1, **options: Any) -> None:
    """Draw a number's field, whole where `step` is. options: others of st.number_input.

    It has no limits: of a number outside them Streamlit would silently keep the one before, and train with that.
    TrainConfig's sentence says what is allowed.
    """
    place.number_input(
        label,
        key=key(field),
        step=step,
        format=None if isinstance(step, int) else "%g",
        disabled=fixed,
        **options,
    )
