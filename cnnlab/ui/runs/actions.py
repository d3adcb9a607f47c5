"""What can be done with the chosen runs: show, rename, delete, export."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from cnnlab.errors import CnnlabError
from cnnlab.runs import archive, tensorboard
from cnnlab.runs import trash as run_bin
from cnnlab.runs.compare import Summary
from cnnlab.runs.folders import rename
from cnnlab.runs.names import LONGEST
from cnnlab.runs.ownership import in_training
from cnnlab.runs.store import Run
from cnnlab.ui import messages
from cnnlab.ui.runs import take_along
from cnnlab.ui.runs.run_table import CHOSEN
from cnnlab.ui.state.chosen_network import RUN, choose
from cnnlab.ui.state.visitor import reserved

PROBLEM, DONE = "runs_problem", "runs_done"  # a sentence from the last click, shown once
LARGE = 1_000_000_000  # bytes that a download would hold in memory


def draw(runs: Sequence[Run]) -> None:
    """Draw the row of buttons for the chosen runs."""
    busy = [run.name for run in runs if in_training(run.path)]
    if busy:
        st.caption(f"**{busy[0]}** is still training: it can be renamed or deleted once it has ended.")
    columns = st.columns([1.7, 1.35, 1.1, 1.65, 1.35, 1.65], vertical_alignment="bottom")
    one = runs[0] if len(runs) == 1 else None
    columns[0].button(
        "Show on all pages", icon=":material/visibility:", disabled=one is None, on_click=_show, args=(one,),
        key="runs_show", width="stretch",
    )  # fmt: skip
    with columns[1].popover(
        "Rename", icon=":material/edit:", disabled=one is None or bool(busy), width="stretch", key="runs_rename"
    ):
        if one:
            # a form sends the name with the click: a field alone sends it when it is left, which a quick tap outruns
            with st.form("runs_rename_form", border=False):
                key = f"runs_new_name_of_{one.name}"
                st.text_input("New name", one.name, max_chars=LONGEST, key=key)
                rename_it = partial(st.form_submit_button, "Rename it", key="runs_rename_now", type="primary")
                reserved(rename_it, on_click=_rename, args=(one, key))
    what = "Delete" if len(runs) == 1 else f"Delete {len(runs)}"
    reserved(
        columns[2].button, what, icon=":material/delete:", disabled=bool(busy), on_click=_delete, args=(runs,),
        key="runs_delete", width="stretch", help="Into the bin, from which one click brings it back.",
    )  # fmt: skip
    _export(columns[3], one)
    take_along.draw(columns[4], one)
    reserved(
        columns[5].button, "TensorBoard files", icon=":material/bar_chart:", on_click=_tensorboard, args=(runs,),
        key="runs_tensorboard", width="stretch",
        help="Curves, settings and weights as event files, written beside the runs.",
    )  # fmt: skip


def tidy(runs: Sequence[Run], rows: Sequence[Summary]) -> None:
    """Draw the button that deletes the runs that were stopped today, where there are any."""
    today = datetime.now().astimezone().date()
    names = {row.name for row in rows if row.state == "stopped" and row.created.astimezone().date() == today}
    if stopped := [run for run in runs if run.name in names]:
        reserved(
            st.button, f"Delete the {len(stopped)} stopped run{'s' * (len(stopped) != 1)} of today",
            icon=":material/delete_sweep:", type="tertiary", key="runs_delete_stopped",
            on_click=_delete, args=(stopped,),
            help="Into the bin, from which one click brings each back.",
        )  # fmt: skip


def say() -> None:
    """Say once what came of the last click."""
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)
    if done := st.session_state.pop(DONE, None):
        st.success(done)


def tried(action: Callable[[], str]) -> None:
    """Do `action` in a callback; keep the sentence that it returns, or that of its CnnlabError, for `say`."""
    try:
        st.session_state[DONE] = action()
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)


def _show(run: Run) -> None:
    choose(run.name)
    st.session_state[DONE] = f"Every page shows **{run.name}** now."


def _rename(run: Run, key: str) -> None:
    def act() -> str:
        folder = rename(run.path, st.session_state[key])
        if st.session_state.get(RUN) == run.name:
            choose(folder.name)
        st.session_state[CHOSEN] = [folder.name]
        return f"{run.name} is called **{folder.name}** now."

    tried(act)


def _delete(runs: Sequence[Run]) -> None:
    def act() -> str:
        for run in runs:
            run_bin.delete(run.path)
        names = ", ".join(f"**{run.name}**" for run in runs)
        return f"{names} went to the bin. One click on *Bin* brings {'it' if len(runs) == 1 else 'them'} back."

    st.session_state[CHOSEN] = []
    tried(act)


def _export(place: DeltaGenerator, run: Run | None) -> None:
    """Draw the download; of a run too large for the browser, the command that exports it."""
    if run is None:
        place.button(
            "Export as one file", icon=":material/download:", disabled=True, width="stretch", key="runs_no_export"
        )
    elif sum(run.file(epoch).stat().st_size for epoch in run.epochs) > LARGE:
        place.caption(f"Too large for the browser: `python -m cnnlab export {run.name} FILE.zip`")
    else:
        place.download_button(
            "Export as one file", lambda: _zipped(run), f"{run.name}.zip", "application/zip", key="runs_export",
            icon=":material/download:", on_click="ignore", width="stretch",
        )  # fmt: skip


def _zipped(run: Run) -> bytes:
    content = io.BytesIO()
    archive.write(run, content)
    return content.getvalue()


def _tensorboard(runs: Sequence[Run]) -> None:
    def act() -> str:
        folder = [tensorboard.write(run) for run in runs][-1]
        return f"Written. To look at them: `tensorboard --logdir {folder}`"

    tried(act)
