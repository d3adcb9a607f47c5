"""A page that was left does not come back: what its fragments still ask for is dropped.

A fragment that runs by itself may ask to be drawn again when the next page stands on the server already and the
browser has not heard of it. Streamlit 1.67 finds no such fragment, but tells the browser that the page before runs:
the browser then takes all of the new page away, and nothing draws it again. There is no public way to refuse a request.
"""

from __future__ import annotations

from functools import wraps

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner


@st.cache_resource
def drop_their_requests() -> None:
    """Drop them from now on, in every tab; once a process."""
    ScriptRunner._run_script = _of_this_page(ScriptRunner._run_script)  # type: ignore[method-assign]


def _of_this_page(run):
    """`run`, which a request is handed to, for requests of the page that the tab shows."""

    @wraps(run)
    def run_script(runner, request):
        context = get_script_run_ctx()
        shown = context.page_script_hash if context else ""
        if request.fragment_id_queue and shown and request.page_script_hash not in ("", shown):
            return
        run(runner, request)

    return run_script
