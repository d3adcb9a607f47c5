"""/join: the page for phones, what it sends, and the stream that tells it what the teacher opens."""

from __future__ import annotations

import asyncio
import hashlib
import json
import signal
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import wraps
from pathlib import Path
from types import FrameType
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from cnnlab.classroom.intake import Drawing, Intake
from cnnlab.classroom.lesson import Lesson, lesson
from cnnlab.classroom.phone_view import view
from cnnlab.classroom.phones import COOKIE, Phones, RefusedError, phones
from cnnlab.classroom.request_body import bounded_body
from cnnlab.classroom.sent_ink import MOST_BYTES, decode
from cnnlab.data.drawing.classroom_set import NAME_LENGTH
from cnnlab.data.drawing.preprocessing import prepare
from cnnlab.errors import CnnlabError

PATH = "/join"
FILES = Path(__file__).parent / "phone"
AT_ONCE = 2  # drawings that are read at once; the next ones wait, one a phone
HEARTBEAT = 15.0  # seconds: whoever is gone is noticed then
MOST_VOTE_BYTES = 500
ALONE = {  # nothing from elsewhere is loaded, nothing is kept by the phone
    "Content-Security-Policy": "default-src 'self'; img-src data:; frame-ancestors 'none'; base-uri 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}

Handler = Callable[[Request], Awaitable[Response]]


class PhoneRoutes:
    """The routes of one lesson."""

    def __init__(self, lesson: Lesson, phones: Phones):
        self._lesson, self._phones = lesson, phones
        self._intake = Intake()
        self._room = asyncio.Semaphore(AT_ONCE)
        self._reading: set[str] = set()
        self._closing = False

    def all(self) -> list[Route]:
        """For the server."""
        return [
            Route(PATH, _answered(self.page), methods=["GET"]),
            Route(f"{PATH}/phone.js", _file("phone.js"), methods=["GET"]),
            Route(f"{PATH}/phone.css", _file("phone.css"), methods=["GET"]),
            Route(f"{PATH}/events", _answered(self.events), methods=["GET"]),
            Route(f"{PATH}/read", _answered(self.read), methods=["POST"]),
            Route(f"{PATH}/drawing", _answered(self.drawing), methods=["POST"]),
            Route(f"{PATH}/vote", _answered(self.vote), methods=["POST"]),
        ]

    def end_streams_with_the_process(self) -> None:
        """Let Ctrl-C and SIGTERM end the streams first: a server waits for them, and phones listen for ever."""
        if threading.current_thread() is not threading.main_thread():
            return
        for which in (signal.SIGINT, signal.SIGTERM):
            signal.signal(which, self._ending(signal.getsignal(which)))

    async def page(self, request: Request) -> Response:
        """The page, and a cookie for whoever comes the first time."""
        answer = FileResponse(FILES / "join.html", headers=ALONE)
        if cookie := self._phones.join(_address(request), request.cookies.get(COOKIE, "")):
            answer.set_cookie(COOKIE, cookie, httponly=True, samesite="strict", path=PATH)
        return answer

    async def events(self, request: Request) -> Response:
        """The stream."""
        phone = self._admit(request, "listen")
        this_time = self._phones.enter(phone)
        headers = {**ALONE, "X-Accel-Buffering": "no"}
        return StreamingResponse(self._views(phone, this_time), media_type="text/event-stream", headers=headers)

    async def read(self, request: Request) -> Response:
        """What the network makes of a drawing."""
        phone = self._admit(request, "read")
        if not self._lesson.switches.draw or (reader := self._lesson.reader) is None:
            raise RefusedError("Drawing is not open now: wait for the teacher.", 409)
        if phone in self._reading:
            raise RefusedError("The drawing before this one is still being read.", 429)
        self._reading.add(phone)
        try:
            ink = await _ink(request)
            async with self._room:
                return JSONResponse(await run_in_threadpool(reader, ink), headers=ALONE)
        finally:
            self._reading.discard(phone)

    async def drawing(self, request: Request) -> Response:
        """Keep a drawing for the wall; ?id= makes that a drawing sent twice is kept once."""
        phone = self._admit(request, "drawing")
        if not self._lesson.switches.draw:
            raise RefusedError("Drawing is not open now: wait for the teacher.", 409)
        asked = request.query_params
        label, sent = asked.get("label", ""), asked.get("id", "")
        if label not in list("0123456789"):
            raise CnnlabError(f"The digit is {label[:20]!r}: it must be one from 0 to 9.")
        if not (sent.isascii() and sent.isalnum() and len(sent) <= 40):
            raise CnnlabError("The drawing's id must be 1 to 40 letters and digits.")
        ink = await _ink(request)
        async with self._room:
            prepared = await run_in_threadpool(prepare, ink)
        if prepared.image is None:
            raise CnnlabError(prepared.problem or "There is nothing to send.")
        own = hashlib.sha256(f"{phone} {sent}".encode()).hexdigest()[:12]  # no phone can name another's
        await self._intake.keep(Drawing(own, prepared.image, int(label)))
        self._lesson.add_drawing(own, _nickname(asked.get("name", "")))
        return JSONResponse({"kept": True}, headers=ALONE)

    async def vote(self, request: Request) -> Response:
        """Take the answer to a question."""
        phone = self._admit(request, "vote")
        try:
            said = json.loads(await bounded_body(request, MOST_VOTE_BYTES, "An answer"))
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise CnnlabError('An answer is JSON like {"key": "…", "answer": 1}.')
        self._lesson.vote(phone, str(said.get("key")), said.get("answer"))
        return JSONResponse({"taken": True}, headers=ALONE)

    def _admit(self, request: Request, what: str) -> str:
        return self._phones.admit(_address(request), request.cookies.get(COOKIE, ""), what)

    async def _views(self, phone: str, this_time: object) -> AsyncIterator[str]:
        loop, changed = asyncio.get_running_loop(), asyncio.Event()

        def look_again() -> None:
            loop.call_soon_threadsafe(changed.set)

        end = self._lesson.listen(look_again)
        before: dict[str, Any] | None = None
        try:
            yield "retry: 1500\n\n"
            while self._phones.listens(phone, this_time) and not self._closing:
                changed.clear()
                now = view(self._lesson, phone)
                if now != before:
                    before = now
                    yield f"data: {json.dumps(now)}\n\n"
                if now["mode"] == "closed":
                    return
                try:
                    await asyncio.wait_for(changed.wait(), HEARTBEAT)
                except asyncio.TimeoutError:
                    yield ": still here\n\n"
        finally:
            end()
            self._phones.leave(phone, this_time)

    def _ending(self, before: Any) -> Callable[[int, FrameType | None], None]:
        def end(which: int, frame: FrameType | None) -> None:
            self._closing = True
            self._lesson.tell()
            if callable(before):
                before(which, frame)

        return end


def _answered(handler: Handler) -> Handler:
    """With a sentence and a status in place of an error."""

    @wraps(handler)
    async def answer(request: Request) -> Response:
        try:
            return await handler(request)
        except RefusedError as refusal:
            return PlainTextResponse(str(refusal), refusal.status)
        except CnnlabError as error:
            return PlainTextResponse(str(error), 422)

    return answer


def _file(name: str) -> Handler:
    async def send(_request: Request) -> Response:
        return FileResponse(FILES / name, headers=ALONE)

    return send


async def _ink(request: Request) -> Any:
    body, asked = await bounded_body(request, MOST_BYTES, "A drawing"), request.query_params
    return decode(body, asked.get("width"), asked.get("height"), packed=asked.get("packed") != "0")


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


def _nickname(sent: str) -> str:
    """In one line, without what cannot be seen."""
    return " ".join("".join(each if each.isprintable() else " " for each in sent).split())[:NAME_LENGTH]


for_phones = PhoneRoutes(lesson, phones)
"""Those of the process's one lesson."""
