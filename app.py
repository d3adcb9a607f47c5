"""The server: `streamlit run app.py` answers with the dashboard, behind the guard; routes of our own can stand here."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from cnnlab.classroom import live_answers, opening, teacher_page
from cnnlab.classroom.guard import Guard
from cnnlab.classroom.pin import Pin, new_pin
from cnnlab.common import descriptors, paths, sockets


@asynccontextmanager
async def from_start_to_end(_app: st.App) -> AsyncIterator[None]:
    """Say how to get in, which `streamlit run` leaves to an st.App; at the end keep the run."""
    port = st.get_option("server.port")
    sockets.send_at_once(port)
    opening.announce(st.get_option("server.address"), port, pin, browser=not st.get_option("server.headless"))
    yield
    if "cnnlab.ui.cache.loaders" in sys.modules:  # a page was opened
        from cnnlab.ui.shell import closing

        closing.close()
    sys.stdout.flush()
    os._exit(0)  # uvicorn would raise its signal again, and torch's threads abort a process torn down under them


descriptors.raise_limit()
pin = paths.pin() or new_pin()
known = Pin(pin)
guard = Middleware(Guard, pin=known, hosts=st.get_option("server.allowedHosts"))
routes = [live_answers.ROUTE, *teacher_page.routes(known)]
app = st.App("dashboard.py", lifespan=from_start_to_end, routes=routes, middleware=[guard])
