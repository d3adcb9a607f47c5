"""Widgets with several options, one of which is always chosen; Streamlit's types allow for none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from streamlit.delta_generator import DeltaGenerator

Option = TypeVar("Option")


def required(chosen: Option | None) -> Option:
    """What a widget with `required=True` returns once its session state holds an option."""
    assert chosen is not None, "no option is chosen"
    return chosen


def one_of(place: DeltaGenerator, label: str, options: Sequence[Option], *, key: str) -> Option:
    """Draw the options in a row; the session state of `key` must hold one of them already. Return the chosen one."""
    return required(place.segmented_control(label, options, key=key, required=True))


def from_list(
    place: DeltaGenerator,
    label: str,
    options: Iterable[Option],
    *,
    key: str,
    format_func: Callable[[Option], str] = str,
    on_change: Callable[[], None] | None = None,
) -> Option:
    """Draw a list to choose from, the first option chosen at first. Return the chosen one; there must be an option."""
    return place.selectbox(label, options, key=key, format_func=format_func, on_change=on_change)
