"""The server: `streamlit run app.py` answers with the dashboard and the class's routes, the guard before both."""

import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import streamlit as st
from starlette.middleware import Middleware

from cnnlab.classroom import front_page, live_answers, opening, phone_routes, teacher_page
from cnnlab.classroom.guard import Guard
from cnnlab.classroom.lesson import lesson
from cnnlab.classroom.pin import Pin, new_pin
from cnnlab.common import descriptors, early_imports, paths, sockets


@asynccontextmanager
async def from_start_to_end(_app: st.App) -> AsyncIterator[None]:
    """Say how to get in, which `streamlit run` leaves to an st.App; at the end keep the run."""
    early_imports.begin()
    sockets.send_at_once(st.get_option("server.port"))
    opening.begin(lesson, pin, *map(st.get_option, ("server.address", "server.port", "server.headless")))
    phone_routes.for_phones.end_streams_with_the_process()
    yield
    if "cnnlab.ui.cache.loaders" in sys.modules:  # a page was opened
        from cnnlab.ui.shell import closing

        closing.close()
    sys.stdout.flush()
    os._exit(0)  # uvicorn would raise its signal again, and torch's threads abort a process torn down under them


descriptors.raise_limit()
secrets = st.secrets if st.secrets.load_if_toml_exists() else {}
pin = paths.pin() or str(secrets.get("CNNLAB_PIN", "")).strip() or new_pin()
guard = Middleware(Guard, pin=(known := Pin(pin)), lesson=lesson, hosts=st.get_option("server.allowedHosts"))
routes = [front_page.ROUTE, live_answers.ROUTE, *teacher_page.routes(known), *phone_routes.for_phones.all()]
app = st.App("dashboard.py", lifespan=from_start_to_end, routes=routes, middleware=[guard])
