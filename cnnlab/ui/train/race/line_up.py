"""The lanes of the next race: a ready one's, or the present settings added one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from cnnlab.charts.palette import LANES
from cnnlab.training import races
from cnnlab.training.config import TrainConfig
from cnnlab.training.races import MOST_LANES, Entry
from cnnlab.training.ready_races import RACES
from cnnlab.training.results import duration
from cnnlab.ui.messages import plain
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of
from cnnlab.ui.state.persistent_widgets import remember
from cnnlab.ui.state.visitor import reserved
from cnnlab.ui.train.race import ready

LINE_UP = "train_line_up"  # session-state key: a LineUp, kept while another page is shown
READY = "train_ready_race"
OWN = "Own race"


@dataclass(frozen=True)
class LineUp:
    """The lanes that Start would begin with, under this title."""

    title: str = OWN
    entries: tuple[Entry, ...] = ()


def chosen() -> LineUp:
    """The lanes as they stand."""
    return st.session_state.setdefault(LINE_UP, LineUp())


def in_address() -> None:
    """Let the ready race that is lined up stand in the address."""
    address.says("race", one_of(["", *RACES], str), "", lambda: st.session_state.get(READY, ""), _put)


def draw(config: TrainConfig | None) -> LineUp:
    """Draw the choice of a ready race, the lanes, and the button that adds `config` to them; return the lanes."""
    remember(**{READY: ""})
    row = st.container(horizontal=True, vertical_alignment="bottom", gap="small")
    row.selectbox(
        "Ready race",
        ["", *RACES],
        key=READY,
        format_func=lambda name: _title(name) if name else "none: lanes of your own",
        on_change=_take_ready,
        width=380,
    )
    full = len(chosen().entries) >= MOST_LANES
    reserved(
        row.button,
        "Add these settings as a lane",
        icon=":material/add:",
        key="train_add_lane",
        disabled=config is None or full,
        on_click=_add,
        args=(config,),
    )
    if chosen().entries:
        row.button("Clear", icon=":material/close:", key="train_clear_lanes", type="tertiary", on_click=_clear)
    _lanes(chosen())
    return chosen()


def line() -> str:
    """The lanes in one line."""
    found = chosen()
    return f"**{found.title}** · {' · '.join(plain(entry.words) for entry in found.entries) or 'no lane yet'}"


def take(configs: Sequence[TrainConfig]) -> None:
    """Make these settings the lanes."""
    st.session_state[LINE_UP] = LineUp(OWN, tuple(races.entries(configs)))
    st.session_state[READY] = ""


def _lanes(line_up: LineUp) -> None:
    if not line_up.entries:
        st.caption("Set up a lane above and add it; change what you want to compare and add that, up to six.")
        return
    if found := ready.called(line_up.title):
        st.caption(found.note)
    columns = st.columns(max(4, len(line_up.entries)))
    for number, (column, entry) in enumerate(zip(columns, line_up.entries, strict=False)):
        with column:
            st.html(f'<div style="border-top: 5px solid {LANES[number]}"></div>')
            st.button(
                entry.words,
                icon=":material/close:",
                key=f"train_lane_{number}",
                type="tertiary",
                help="Take this lane out.",
                on_click=_remove,
                args=(number,),
            )
    if len(line_up.entries) == 1:
        st.caption("One more lane, and the race can start.")


def _title(name: str) -> str:
    return f"{RACES[name].title}, about {duration(RACES[name].seconds)}"


def _put(name: str) -> None:
    """Take the ready race that an address names; lanes of one's own stay where it names none."""
    if name != st.session_state.get(READY, ""):
        st.session_state[READY] = name
        _take_ready()


def _take_ready() -> None:
    name = st.session_state[READY]
    st.session_state[LINE_UP] = LineUp(RACES[name].title, RACES[name].entries) if name else LineUp()


def _add(config: TrainConfig) -> None:
    take([*(entry.config for entry in chosen().entries), config])


def _remove(number: int) -> None:
    take([entry.config for place, entry in enumerate(chosen().entries) if place != number])


def _clear() -> None:
    take([])
