"""Stands before every request, WebSocket and upload: refuses foreign names, and decides once who a visitor is."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cnnlab.classroom import live_answers, phone_routes, teacher_page
from cnnlab.classroom.lesson import Lesson
from cnnlab.classroom.pin import COOKIE, Pin
from cnnlab.classroom.roles import Act, Role, may
from cnnlab.classroom.uploads import UploadBudget

VISITOR = "x-cnnlab-visitor"  # the header that tells pages; one of that name from outside is dropped
_SAFE = ("GET", "HEAD", "OPTIONS")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LIVE = f"/{live_answers.PREFIX}"
_REFUSED = 1008  # WebSocket: against the rules
_CLOSED = (phone_routes.FILES / "closed.html").read_text()


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp, pin: Pin, lesson: Lesson, hosts: Iterable[str] = ()):
        """lesson: says who a visitor from elsewhere is; hosts: names under which the server may be addressed, besides
        this machine's own and addresses in figures.

        A page of a foreign site whose name was made to point here would otherwise act as if it were ours (DNS
        rebinding); it cannot do that with an address in figures.
        """
        own = socket.gethostname().lower()
        self._app = app
        self._pin = pin
        self._lesson = lesson
        self._uploads = UploadBudget()
        self._hosts = {"localhost", own, f"{own}.local", *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        role = self._role(scope.get("client"), headers)
        if refusal := self._refusal(scope, role, headers):
            if scope["type"] == "websocket":
                return await send({"type": "websocket.close", "code": _REFUSED})
            return await refusal(scope, receive, send)
        name = VISITOR.encode()
        kept = [(key, value) for key, value in scope["headers"] if key.lower() != name]
        told: Scope = {**scope, "headers": [*kept, (name, role.value.encode())]}
        if scope["type"] == "websocket" and not may(role, Act.CHANGE):
            return await self._app(told, *_while(self._looking, receive, send))
        return await self._app(told, receive, send)

    def _role(self, client: tuple[str, int] | None, headers: Headers) -> Role:
        if is_here(client, headers):
            return Role.HERE
        return Role.TEACHER if self._pin.knows(_cookie(headers.get("cookie", ""))) else self._visitor()

    def _visitor(self) -> Role:
        return self._lesson.switches.visitor()

    def _looking(self) -> bool:
        return may(self._visitor(), Act.LOOK)

    def _refusal(self, scope: Scope, role: Role, headers: Headers) -> Response | None:
        """The answer to a request that may not be, None where it may."""
        host, path = headers.get("host", ""), scope["path"]
        if not self._known(host):
            return PlainTextResponse("This server is not called by that name: use the address that it printed.", 400)
        if (scope["type"] == "websocket" or scope["method"] not in _SAFE) and not _own_origin(headers, host):
            return PlainTextResponse("A page of another site may not ask for this.", 403)
        if path == teacher_page.PATH:
            return None
        if not may(role, Act.JOIN if _is_phones(path) else Act.LOOK):
            return _shut_out(role, scope)
        return self._upload_refusal(role, headers) if scope["type"] == "http" and _is_upload(scope) else None

    def _upload_refusal(self, role: Role, headers: Headers) -> Response | None:
        if not may(role, Act.CHANGE):
            return PlainTextResponse("Only the teacher may upload files.", 403)
        size = headers.get("content-length", "")
        if size.isdecimal() and len(size) < 16 and self._uploads.take(int(size)):
            return None
        return PlainTextResponse("Too much was uploaded in the last minutes: wait.", 413)

    def _known(self, host: str) -> bool:
        name = host_name(host)
        return name in self._hosts or _address(name) is not None


def _shut_out(role: Role, scope: Scope) -> Response:
    """For whoever may not be here: the way to where he may be."""
    page = scope["type"] == "http" and scope["method"] == "GET"
    if may(role, Act.JOIN):
        if page and scope["path"] == "/":
            return RedirectResponse(phone_routes.PATH, 303)
        return PlainTextResponse(f"Only {phone_routes.PATH} is open to the class now.", 403)
    return HTMLResponse(_CLOSED, 403) if page else PlainTextResponse("The class is closed.", 403)


def _while(allowed: Callable[[], bool], receive: Receive, send: Send) -> tuple[Receive, Send]:
    """A WebSocket's two ways, cut as soon as its visitor is no longer allowed to look."""
    is_cut = False

    async def cut() -> None:
        nonlocal is_cut
        if not is_cut:
            is_cut = True
            await send({"type": "websocket.close", "code": _REFUSED})

    async def hear() -> Message:
        message = await receive()
        if allowed() and not is_cut:
            return message
        await cut()
        return {"type": "websocket.disconnect", "code": _REFUSED}

    async def say(message: Message) -> None:
        await (send(message) if allowed() and not is_cut else cut())

    return hear, say


def _is_upload(scope: Scope) -> bool:
    """Whether an HTTP request brings a file to Streamlit; our own routes bound what they take themselves."""
    own = scope["path"].startswith(_LIVE) or _is_phones(scope["path"])
    return scope["method"] in ("PUT", "POST") and not own


def _is_phones(path: str) -> bool:
    return path == phone_routes.PATH or path.startswith(f"{phone_routes.PATH}/")


def _own_origin(headers: Headers, host: str) -> bool:
    """Whether a request comes from a page of this server, or from no page at all."""
    origin = headers.get("origin")
    if origin is None:
        return True
    try:
        return (urlsplit(origin).hostname or "") == host_name(host)
    except ValueError:
        return False


def _cookie(header: str) -> str:
    try:
        found = SimpleCookie(header).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""


def is_here(client: tuple[str, int] | None, headers: Headers) -> bool:
    """Whether a request comes from the machine itself, and not through a proxy that runs on it."""
    address = _address(client[0]) if client else None
    return address is not None and address.is_loopback and not any(name in headers for name in _FORWARDED)


def host_name(host: str) -> str:
    """The name in a Host header, without its port and the brackets of IPv6."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0].rstrip(".").lower()


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        found = ipaddress.ip_address(name)
    except ValueError:
        return None
    mapped = getattr(found, "ipv4_mapped", None)  # ::ffff:127.0.0.1
    return mapped or found
