"""All runs in a table, to be filtered, sorted and chosen from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from cnnlab.runs.compare import Summary, summary
from cnnlab.runs.ownership import in_training
from cnnlab.runs.store import Run
from cnnlab.training.results import duration
from cnnlab.ui.state import address
from cnnlab.ui.state.address_kinds import one_of, some_of, words

CHOSEN = "runs_chosen"  # session-state key: names, whatever the table's order
RACE, STUDY = "runs_race", "runs_study"  # session-state keys: the race, the study whose runs alone are listed
PUT = "runs_put_by_address"  # session-state key: how often an address chose them
ORDERS: dict[str, Callable[[Summary], Any]] = {  # each gives values that compare with each other, not with others'
    "newest first": lambda row: -row.created.timestamp(),
    "most accurate first": lambda row: -(row.test_accuracy or 0),
    "fewest parameters first": lambda row: row.parameters or float("inf"),
    "fastest first": lambda row: row.seconds,
    "by name": lambda row: row.name.lower(),
}
ROW_HEIGHT, MOST_ROWS = 42, 9  # rows seen without scrolling in the table


def summaries(runs: Sequence[Run]) -> list[Summary]:
    """The runs in short, read again only when a folder changed."""
    return [
        _summary(str(run.path), (run.path / "run.json").stat().st_mtime_ns, in_training(run.path), run) for run in runs
    ]


@st.cache_data(max_entries=500, show_spinner=False)
def _summary(path: str, modified: int, training: bool, _run: Run) -> Summary:
    return summary(_run)


def draw(rows: Sequence[Summary]) -> list[str]:
    """The filter and the table; return the names of the chosen runs that are still there, in the table's order."""
    races = list(dict.fromkeys(row.race for row in rows if row.race))  # the newest first, as the runs are
    address.remember("words", "runs_words", words(), "")
    address.remember("order", "runs_order", one_of(ORDERS), next(iter(ORDERS)))
    address.remember("race", RACE, one_of(["", *races], str), "")
    studies = list(dict.fromkeys(row.study for row in rows if row.study))
    address.remember("study", STUDY, one_of(["", *studies], str), "")
    address.says(
        "runs", some_of([row.name for row in rows]), [],
        lambda: st.session_state.get(CHOSEN, []), _put,
    )  # fmt: skip
    field, order, *groups = st.columns([2.2, 1, *[1.4] * (bool(races) + bool(studies))])
    said = field.text_input("Filter", key="runs_words", placeholder="name, network, data set, recipe, optimiser …")
    by = order.selectbox("Sort", ORDERS, key="runs_order")
    if races:
        groups.pop(0).selectbox(
            "Race", ["", *races], key=RACE, format_func=_or_all, on_change=_take_race, args=(rows,)
        )  # fmt: skip
    if studies:
        groups.pop(0).selectbox("Study", ["", *studies], key=STUDY, format_func=_or_all, on_change=_take_study)
    race, study = st.session_state[RACE], st.session_state[STUDY]
    within = (row for row in rows if race in ("", row.race) and study in ("", row.study))
    shown = sorted((row for row in within if row.matches(said)), key=ORDERS[by])
    if not shown:
        st.info(f"No run has all of the words {said!r} in its name or settings: use fewer of them.")
        return []
    names = [row.name for row in shown]
    before = [names.index(name) for name in st.session_state.get(CHOSEN, []) if name in names]
    # another key for every list: rows are chosen by their places, which mean other runs in another list
    key = f"runs_table_{hash((*names, st.session_state.get(PUT, 0)))}"
    st.dataframe(
        _frame(shown),
        hide_index=True,
        key=key,
        on_select=partial(_choose, key, names),
        selection_mode="multi-row",
        selection_default={"selection": {"rows": sorted(before)}},
        row_height=ROW_HEIGHT,
        height=ROW_HEIGHT * (min(len(shown), MOST_ROWS) + 1) + 4,
        column_config=_COLUMNS,
    )
    return [name for name in names if name in st.session_state.get(CHOSEN, [])]


def _or_all(name: str) -> str:
    return name or "all runs"


def _take_study() -> None:
    """Tick no run, so that the study itself is shown."""
    st.session_state[CHOSEN], st.session_state[RACE] = [], ""


def _take_race(rows: Sequence[Summary]) -> None:
    """Choose all lanes of the race."""
    group, st.session_state[STUDY] = st.session_state[RACE], ""
    st.session_state[CHOSEN] = [row.name for row in rows if group and row.race == group]


def _put(names: list[str]) -> None:
    """Choose the runs that an address names, in a new table: the one in the browser keeps its own ticks."""
    st.session_state[CHOSEN] = names
    st.session_state[PUT] = st.session_state.get(PUT, 0) + 1


def _choose(key: str, names: list[str]) -> None:
    st.session_state[CHOSEN] = [names[row] for row in st.session_state[key].selection.rows if row < len(names)]


def _frame(rows: Sequence[Summary]) -> pd.DataFrame:
    several = len({row.dataset for row in rows}) > 1
    frame = pd.DataFrame(
        {
            "run": [row.name for row in rows],
            "test accuracy": [None if row.test_accuracy is None else 100 * row.test_accuracy for row in rows],
            "data": [row.dataset for row in rows],
            "network": [row.network for row in rows],
            "parameters": [row.parameters for row in rows],
            "epochs": [row.epochs for row in rows],
            "time": [duration(row.seconds) for row in rows],
            "size": [row.bytes / 1e6 for row in rows],
            "state": [row.state for row in rows],
            "optimiser": [f"{row.optimizer} {row.learning_rate:g}, batch {row.batch_size}" for row in rows],
            "recipe": [row.recipe for row in rows],
            "begun": [row.created for row in rows],
            "changed by hand": [row.changed for row in rows],
            "lane": [row.lane for row in rows],
            "race": [row.race for row in rows],
            "study": [row.study for row in rows],
        }
    )
    unsaid = ["data"] * (not several) + ["changed by hand"] * (not any(row.changed for row in rows))
    unsaid += ["lane", "race"] * (not any(row.race for row in rows))
    unsaid += ["study"] * (not any(row.study for row in rows))
    return frame.drop(columns=unsaid)


_COLUMNS = {
    "test accuracy": st.column_config.NumberColumn(format="%.2f %%"),
    "parameters": st.column_config.NumberColumn(format="localized"),
    "size": st.column_config.NumberColumn(format="%.1f MB"),
    "begun": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
}


def headline(rows: Sequence[Summary]) -> str:
    """How many runs there are and which is best, for every data set where there are several."""
    count = f"{len(rows)} run{'s' * (len(rows) != 1)}"
    if not rows:
        return "No runs"
    tested = [row for row in rows if row.test_accuracy is not None]
    if not tested:
        return f"{count}, none tested yet"
    best = {row.dataset: row for row in sorted(tested, key=lambda row: row.test_accuracy or 0)}
    said = [
        f"{row.name} is best{f' on {name}' * (len(best) > 1)}: {row.test_accuracy:.2%}" for name, row in best.items()
    ]
    return f"{count}; {'; '.join(said[-3:])}"
