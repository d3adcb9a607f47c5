"""Stands before every request, WebSocket and upload: refuses foreign host names, and decides once who a visitor is."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from cnnlab.classroom import live_answers, teacher_page
from cnnlab.classroom.pin import COOKIE, Pin
from cnnlab.classroom.roles import Act, Role, may
from cnnlab.classroom.uploads import UploadBudget

VISITOR = "x-cnnlab-visitor"  # the header that tells pages; one of that name from outside is dropped
_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")
_LIVE = f"/{live_answers.PREFIX}"
_REFUSED = 1008  # WebSocket: against the rules


class Guard:
    """ASGI middleware around the whole server."""

    def __init__(self, app: ASGIApp, pin: Pin, hosts: Iterable[str] = ()):
        """hosts: names under which the server may be addressed, besides this machine's own and addresses in figures.

        A page of a foreign site whose name was made to point here would otherwise act as if it were ours (DNS
        rebinding); it cannot do that with an address in figures.
        """
        own = socket.gethostname().lower()
        self._app = app
        self._pin = pin
        self._uploads = UploadBudget()
        self._hosts = {"localhost", own, f"{own}.local", *(host.lower() for host in hosts)}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        if not self._known(headers.get("host", "")):
            return await self._refuse(scope, receive, send)
        role = self._role(scope.get("client"), headers)
        if scope["type"] == "http" and _is_upload(scope) and (refusal := self._refusal(role, headers)):
            return await refusal(scope, receive, send)
        name = VISITOR.encode()
        kept = [(key, value) for key, value in scope["headers"] if key.lower() != name]
        return await self._app({**scope, "headers": [*kept, (name, role.value.encode())]}, receive, send)

    def _role(self, client: tuple[str, int] | None, headers: Headers) -> Role:
        if is_here(client, headers):
            return Role.HERE
        return Role.TEACHER if self._pin.knows(_cookie(headers.get("cookie", ""))) else Role.SPECTATOR

    def _refusal(self, role: Role, headers: Headers) -> Response | None:
        """The answer to an upload that may not be, None where it may."""
        if not may(role, Act.CHANGE):
            return PlainTextResponse("Only the teacher may upload files.", 403)
        size = headers.get("content-length", "")
        if size.isdecimal() and len(size) < 16 and self._uploads.take(int(size)):
            return None
        return PlainTextResponse("Too much was uploaded in the last minutes: wait.", 413)

    def _known(self, host: str) -> bool:
        name = host_name(host)
        return name in self._hosts or _address(name) is not None

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _REFUSED})
            return
        answer = PlainTextResponse("This server is not called by that name: use the address that it printed.", 400)
        await answer(scope, receive, send)


def _is_upload(scope: Scope) -> bool:
    """Whether an HTTP request brings a file to Streamlit; our own routes bound what they take themselves."""
    own = scope["path"].startswith(_LIVE) or scope["path"] == teacher_page.PATH
    return scope["method"] in ("PUT", "POST") and not own


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
