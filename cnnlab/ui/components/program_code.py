"""The program of a run, to read, copy and take along; written when it is asked for."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from cnnlab.errors import CnnlabError
from cnnlab.runs.export.script.notebook import notebook_of
from cnnlab.runs.export.script.whole_script import Script
from cnnlab.ui import messages

HEIGHT = 560  # pixels; longer programs are scrolled


def draw(write: Callable[[], Script], key: str, about: str) -> None:
    """Draw what opens to the program that `write` makes, or to its CnnlabError's sentence.

    key: of its widgets on the page; about: a sentence above it, Markdown.
    """
    place = st.expander("Code", icon=":material/code:", key=key, on_change="rerun")
    if not place.open:
        return
    with place:
        try:
            script = write()
        except CnnlabError as error:
            messages.problem(error)
            return
        text = script.python
        st.markdown(about)
        with st.container(horizontal=True):
            st.download_button(
                "Python file", text, f"{script.name}.py", "text/x-python", key=f"{key}_py",
                icon=":material/download:", on_click="ignore",
            )  # fmt: skip
            st.download_button(
                "Notebook", lambda: notebook_of(script).encode(), f"{script.name}.ipynb", "application/x-ipynb+json",
                key=f"{key}_ipynb", icon=":material/download:", on_click="ignore",
            )  # fmt: skip
        st.code(text, language="python", height=HEIGHT)
