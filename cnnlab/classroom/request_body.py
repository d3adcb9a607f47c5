"""What a request brings, read no further than it may be long."""

from __future__ import annotations

from starlette.requests import Request

from cnnlab.errors import CnnlabError


async def bounded_body(request: Request, most: int, what: str) -> bytes:
    """The body of at most `most` bytes. Raises CnnlabError, which calls it `what`, as soon as it is longer."""
    taken = b""
    async for part in request.stream():
        taken += part
        if len(taken) > most:
            raise CnnlabError(f"{what} may have at most {most:,} bytes.")
    return taken
