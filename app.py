"""The server: `streamlit run app.py` answers with the dashboard, behind the guard; routes of our own can stand here."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from cnnlab.classroom import live_answers
from cnnlab.classroom.guard import Guard
from cnnlab.common import descriptors, sockets


@asynccontextmanager
async def from_start_to_end(_app: st.App) -> AsyncIterator[None]:
    """Show the dashboard to whoever started it, which `streamlit run` leaves to an st.App; at the end keep the run."""
    sockets.send_at_once(st.get_option("server.port"))
    if not st.get_option("server.headless"):
        address = f"http://localhost:{st.get_option('server.port')}"
        threading.Timer(0.5, webbrowser.open, [address]).start()  # seconds, until the server answers
    yield
    if "cnnlab.ui.cache.loaders" in sys.modules:  # a page was opened
        from cnnlab.ui.shell import closing

        closing.close()
    sys.stdout.flush()
    os._exit(0)  # uvicorn would raise its signal again, and torch's threads abort a process torn down under them


descriptors.raise_limit()
guard = Middleware(Guard, hosts=st.get_option("server.allowedHosts"))
app = st.App("dashboard.py", lifespan=from_start_to_end, routes=[live_answers.ROUTE], middleware=[guard])
