"""The form that adds custom pictures: a zip through the browser, or a folder of this machine."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from cnnlab.data.datasets import custom
from cnnlab.data.datasets.image_folders import LARGEST, SMALLEST
from cnnlab.errors import CnnlabError
from cnnlab.ui import messages
from cnnlab.ui.state import visitor

ADDED, DONE, PROBLEM = "train_pictures_added", "train_pictures_done", "train_pictures_problem"


def draw() -> None:
    """The form. What was added becomes the chosen data set at the next run of the page."""
    with st.form("train_pictures", border=True):
        st.markdown("A folder for each class, named after it; or `train` and `test` with such folders inside.")
        left, right = st.columns(2)
        file = visitor.upload(left, "A zip of the folders", ["zip"], key="train_pictures_zip")
        folder = ""
        if visitor.may_name_folders():  # others would read the pictures of a machine that is not theirs
            folder = right.text_input(
                "Or a folder on this machine", key="train_pictures_folder", placeholder="/home/anna/leaves"
            )
        name = left.text_input("Call it (optional)", key="train_pictures_name", max_chars=40)
        size = right.number_input(
            "Pixels a side (optional)",
            SMALLEST,
            LARGEST,
            None,
            key="train_pictures_size",
            help="Otherwise the size that most pictures have, at most 64.",
        )
        add = visitor.reserved(st.form_submit_button, "Add them", type="primary")
        if add and (file or folder.strip()):
            _add(file, folder.strip(), name, size)


def _add(file: UploadedFile | None, folder: str, name: str, size: int | None) -> None:
    """Decode the pictures of the zip, or of the folder where there is none."""
    bar = st.progress(0.0, "Reading …")

    def show(_: str, done: int, total: int) -> None:
        bar.progress(done / total, f"Picture {done:,} of {total:,}")

    try:
        if file:
            about = custom.add(file, file.name, name, size, show)
        else:
            path = Path(folder).expanduser()
            about = custom.add(path, path.name, name, size, show)
    except CnnlabError as error:
        st.session_state[PROBLEM] = str(error)
    else:
        st.session_state[ADDED] = about
    st.rerun()


def take_added() -> None:
    """Make what was just added the chosen data set; call before the choice is drawn."""
    if about := st.session_state.pop(ADDED, None):
        st.session_state.train_dataset = about.name
        st.session_state[DONE] = f"Added: {about.sentence}: {custom.listed(about.train, about.classes)} to train."


def say() -> None:
    """Say once how the last attempt to add pictures ended."""
    if done := st.session_state.pop(DONE, None):
        st.success(done)
    if problem := st.session_state.pop(PROBLEM, None):
        messages.problem(problem)
