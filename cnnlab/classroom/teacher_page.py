"""/teacher: where a PIN is typed on another machine than the lab's; plain HTML that needs nothing else."""

from __future__ import annotations

import html
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from cnnlab.classroom.pin import COOKIE, REMEMBERED, Pin
from cnnlab.classroom.request_body import bounded_body
from cnnlab.errors import CnnlabError

PATH = "/teacher"
LONGEST = 500  # bytes that are looked at
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>cnnlab · teacher</title><style>
:root {{ color-scheme: light dark }}
body {{ font: 20px system-ui, sans-serif; max-width: 22em; margin: 12vh auto; padding: 0 1em }}
input, button {{ font: inherit; padding: .5em; width: 100%; box-sizing: border-box; margin-top: .6em }}
</style><h1>cnnlab</h1><p role="status">{sentence}</p>
<form method="post"><label>PIN <input name="pin" type="password" autocomplete="off" autofocus maxlength="100">
</label><button>Open the lab as teacher</button></form></html>"""


def routes(pin: Pin) -> list[Route]:
    """The form, and what looks at it."""

    async def show(_request: Request) -> Response:
        return _page("The PIN stands in the terminal in which cnnlab was started.")

    async def take(request: Request) -> Response:
        address = request.client.host if request.client else ""
        if (seconds := pin.wait(address)) > 0:
            return _page(f"Too many wrong tries: wait {seconds:.0f} seconds.", 429)
        try:
            sent = parse_qs((await bounded_body(request, LONGEST, "What is typed")).decode(errors="replace"))
        except (CnnlabError, ValueError):
            sent = {}
        if not pin.check(sent.get("pin", [""])[0], address):
            return _page("That is not the PIN: look in the terminal in which cnnlab was started.", 403)
        answer = RedirectResponse("/", 303)
        answer.set_cookie(COOKIE, pin.cookie(), max_age=REMEMBERED, httponly=True, samesite="strict")
        return answer

    return [Route(PATH, show, methods=["GET"]), Route(PATH, take, methods=["POST"])]


def _page(sentence: str, status: int = 200) -> Response:
    return HTMLResponse(_PAGE.format(sentence=html.escape(sentence)), status)
