"""Sentences about what went wrong, shown as they are: names and values from outside are not taken for Markdown."""

from __future__ import annotations

import re
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from cnnlab.errors import CnnlabError

# links and pictures, code, emphasis, HTML, formulas; a colon only where it opens one of Streamlit's directives
_MARKDOWN = re.compile(r"[\\`*\[\]<$~]|:(?=[\w/+-]+:)")


def page_runs() -> bool:
    """Whether this thread draws a page; work in the background has none to draw on."""
    return get_script_run_ctx(suppress_warning=True) is not None


def plain(text: str) -> str:
    """`text` as Markdown that shows just these characters, and fetches nothing."""
    return _MARKDOWN.sub(r"\\\g<0>", text)


def problem(error: Exception | str, place: DeltaGenerator | None = None) -> None:
    """Show the sentence of an error."""
    (place or st).error(plain(str(error)), icon=":material/error:")


def warn(sentence: str, place: DeltaGenerator | None = None) -> None:
    """Show a sentence about something that is left out, while all else goes on."""
    (place or st).warning(plain(sentence))


def refuse(error: Exception | str) -> NoReturn:
    """Show the error's sentence and end the page there. Raises CnnlabError with it where no page runs."""
    if not page_runs():
        raise CnnlabError(str(error))
    problem(error)
    st.stop()
