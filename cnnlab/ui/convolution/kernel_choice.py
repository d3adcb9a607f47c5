"""Choosing a kernel by name; one whose cells were edited is a custom one, which the page calls own."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import streamlit as st

from cnnlab.inspection.kernel_examples import KERNELS, named, resized
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import Kind, grid, slug
from cnnlab.ui.state.persistent_widgets import renewed, taking

OWN = "own"
SIZES = (1, 2, 3, 4, 5)


def weights(view: str, start: str) -> np.ndarray:
    """The kernel [k, k] of a view, without drawing anything; `start` names the one that it begins with."""
    return st.session_state.setdefault(_grid(view), KERNELS[start][0])


def in_address(view: str, start: str) -> None:
    """Let the kernel of a view stand in the address: by its name, or as numbers."""
    by_name, numbers = {slug(name): values for name, (values, _) in KERNELS.items()}, grid(max(SIZES))

    def read(texts: Sequence[str]) -> np.ndarray:
        return by_name[texts[-1]] if texts[-1] in by_name else numbers.read(texts)

    def write(values: np.ndarray) -> list[str]:
        same = [name for name, each in by_name.items() if np.array_equal(each, values)]
        return same[:1] or numbers.write(values)

    kind = Kind(read, write, numbers.fits)
    address.says("kernel", kind, KERNELS[start][0], lambda: weights(view, start), lambda values: edit(view, values))


def edit(view: str, values: np.ndarray) -> None:
    """Take over weights [k, k] that were typed."""
    st.session_state[_grid(view)] = values


def choose(view: str, start: str) -> np.ndarray:
    """Draw the choice of name and size; return the kernel [k, k]."""
    in_address(view, start)
    kernel = weights(view, start)
    by_name, by_size = f"{view}_kernel_name", f"{view}_kernel_size"
    name, size = renewed(by_name, named(kernel) or OWN), renewed(by_size, len(kernel))
    left, right = st.columns([1.5, 1])
    left.selectbox(
        "Kernel",
        [*KERNELS, *([OWN] if st.session_state[name] == OWN else [])],
        key=name,
        on_change=taking(by_name, name, lambda chosen: _take(view, chosen)),
        help="Or type into its cells. It is not turned round before it is multiplied: what networks call convolution, "
        "mathematics calls cross-correlation.",
    )
    right.selectbox(
        "Size k",
        SIZES,
        key=size,
        format_func=lambda side: f"{side} × {side}",
        on_change=taking(by_size, size, lambda side: edit(view, resized(weights(view, start), side))),
    )
    return kernel


def in_words(kernel: np.ndarray) -> str:
    """What it does to an image: a sentence without its full stop, "" for a custom one."""
    name = named(kernel)
    return f"{name[0].upper()}{name[1:]}: {KERNELS[name][1]}" if name else ""


def _take(view: str, name: str) -> None:
    if name in KERNELS:
        edit(view, KERNELS[name][0])


def _grid(view: str) -> str:
    return f"{view}_kernel"
