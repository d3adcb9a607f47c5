"""The page that the lab opens with stands at "/"; typed by its own name it is found there, too."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route


async def _lead(request: Request) -> Response:
    query = request.url.query
    return RedirectResponse(f"./?{query}" if query else "./", 307)


ROUTE = Route("/train", _lead, methods=["GET"])
