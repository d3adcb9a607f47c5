"""The server: `streamlit run app.py` answers with the dashboard; routes of our own can stand beside its pages here."""

from __future__ import annotations

import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st

LISTENING_SECONDS = 0.5  # from here until the server answers


@asynccontextmanager
async def open_browser(_app: st.App) -> AsyncIterator[None]:
    """Show the dashboard to whoever started it: `streamlit run` leaves that to an st.App."""
    if not st.get_option("server.headless"):
        address = f"http://localhost:{st.get_option('server.port')}"
        threading.Timer(LISTENING_SECONDS, webbrowser.open, [address]).start()
    yield


app = st.App("dashboard.py", lifespan=open_browser)
