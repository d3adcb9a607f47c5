"""The top of the runs page: its headline, importing a run from a file, bringing one back from the bin."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.runs import archive
from cnnlab.runs import trash as run_bin
from cnnlab.ui.runs.actions import DONE, PROBLEM, tried
from cnnlab.ui.runs.run_table import CHOSEN
from cnnlab.ui.state import presenting
from cnnlab.ui.state.visitor import reserved, upload

SHOWN = 8  # of the bin
EMPTYING = "runs_emptying_bin"


def draw(headline: str) -> None:
    """Draw the headline and two buttons."""
    head, take, bring = st.columns([3.2, 1, 1], vertical_alignment="center")
    with head, presenting.main_view("sentence"):
        st.subheader(headline)
    deleted = run_bin.contents(paths.checkpoints())
    with take.popover("Import", icon=":material/upload:", width="stretch", key="runs_import"):
        _upload()
    with bring.popover(
        f"Bin ({len(deleted)})", icon=":material/delete:", disabled=not deleted, width="stretch", key="runs_bin"
    ):
        _bin(deleted)


def _upload() -> None:
    with st.form("runs_import_form", clear_on_submit=True, border=False):
        file = upload(st, "A run that was exported here or elsewhere, as one .zip", key="runs_file")
        if reserved(st.form_submit_button, "Import it", type="primary") and file is not None:
            try:
                run = archive.read(file, file.name, paths.checkpoints())
            except CnnlabError as error:
                st.session_state[PROBLEM] = str(error)
            else:
                st.session_state[CHOSEN] = [run.name]
                st.session_state[DONE] = f"**{run.name}** was imported with {len(run.epochs)} epochs."
            st.rerun()
    st.caption("Nothing but weights as safetensors and their run.json is read from it.")


def _bin(deleted: list[run_bin.Deleted]) -> None:
    for each in deleted[:SHOWN]:
        reserved(
            st.button,
            f"Bring back {each.name}",
            icon=":material/restore_from_trash:",
            key=f"runs_restore_{each.path.name}",
            width="stretch",
            on_click=tried,
            args=(_restored(each),),
            help=f"Deleted {each.when.astimezone():%d %b, %H:%M}; {each.bytes / 1e6:.1f} MB",
        )
    if len(deleted) > SHOWN:
        st.caption(f"The last {SHOWN} of {len(deleted)}; the others are in {paths.checkpoints() / run_bin.FOLDER}.")
    st.caption("Runs that came with cnnlab also come back with `git checkout -- checkpoints`.")
    if st.session_state.get(EMPTYING) != len(deleted):
        ask = partial(st.session_state.update, {EMPTYING: len(deleted)})
        reserved(st.button, "Empty the bin", on_click=ask, key="runs_empty_bin")
    else:
        key = "runs_empty_bin_now"
        reserved(st.button, "Really remove them for good?", type="primary", on_click=tried, args=(_emptied,), key=key)


def _restored(deleted: run_bin.Deleted) -> Callable[[], str]:
    def act() -> str:
        folder = run_bin.restore(deleted)
        st.session_state[CHOSEN] = [folder.name]
        return f"**{folder.name}** is back."

    return act


def _emptied() -> str:
    run_bin.empty(paths.checkpoints())
    st.session_state.pop(EMPTYING, None)
    return "The bin is empty."
