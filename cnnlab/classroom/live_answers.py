"""Answers while a pen moves: a page opens a reader, its script sends the ink to /live/KEY and shows what comes back."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from cachetools import LRUCache
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from cnnlab.classroom.request_body import bounded_body
from cnnlab.classroom.sent_ink import MOST_BYTES, decode
from cnnlab.errors import CnnlabError

PREFIX = "live/"
PATH = f"/{PREFIX}{{key}}"
MOST_READERS = 500  # one a tab that shows a canvas; the longest unused is closed first
AT_ONCE = 2  # readings by all tabs together; the next ones wait

Reader = Callable[[np.ndarray, bool], dict[str, Any]]
"""ink uint8 [h, w], white on black, and whether the layers are wanted instead of the answer -> JSON for the page."""


class LiveAnswers:
    """The readers of all pages, and the route that asks them; each of them reads one drawing at a time."""

    def __init__(self) -> None:
        self._readers: LRUCache[str, Reader] = LRUCache(MOST_READERS)
        self._lock = threading.Lock()  # pages open readers in threads of their own
        self._reading: set[str] = set()
        self._room = asyncio.Semaphore(AT_ONCE)

    def open(self, key: str, reader: Reader) -> None:
        """Let whoever knows `key`, which nobody can guess, ask `reader` from now on, instead of an older one."""
        with self._lock:
            self._readers[key] = reader

    async def answer(self, request: Request) -> Response:
        """Read the ink in a request: its body zlib-compressed, ?width=W&height=H, &layers=1 for the layers."""
        key = request.path_params["key"]
        with self._lock:
            reader = self._readers.get(key)
        if reader is None:
            return PlainTextResponse("Nothing reads here any more: load the page again.", 404)
        if key in self._reading:
            return PlainTextResponse("The drawing before this one is still being read.", 429)
        self._reading.add(key)
        try:
            body, asked = await bounded_body(request, MOST_BYTES, "A drawing"), request.query_params
            ink, layers = decode(body, asked.get("width"), asked.get("height")), asked.get("layers") == "1"
            async with self._room:
                return JSONResponse(await run_in_threadpool(reader, ink, layers))
        except CnnlabError as error:
            return PlainTextResponse(str(error), 422)
        finally:
            self._reading.discard(key)


answers = LiveAnswers()
ROUTE = Route(PATH, answers.answer, methods=["POST"])
