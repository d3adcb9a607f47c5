"""The classroom's drawings, read again only when their file changed."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from cnnlab.common import paths
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.classroom_set import EMPTY, ClassroomSet


def stamp() -> str:
    """Tells two states of the set apart; empty while nothing is kept. Raises OSError where its folder is closed."""
    try:
        stat = paths.classroom_set().stat()
    except FileNotFoundError:
        return ""
    return f"{stat.st_mtime_ns} {stat.st_size}"


def read() -> ClassroomSet:
    """The set, empty where nothing was kept. Raises CnnlabError where its file is damaged."""
    now = stamp()
    return _read(str(paths.classroom_set()), now) if now else EMPTY


@st.cache_resource(max_entries=2, show_spinner=False)
def _read(path: str, stamp: str) -> ClassroomSet:
    return classroom_set.read(Path(path))
