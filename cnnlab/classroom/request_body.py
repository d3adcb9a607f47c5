"""What a request brings, read no further than it may be long, and no longer than a slow phone takes."""

from __future__ import annotations

import asyncio

from starlette.requests import Request

from cnnlab.errors import CnnlabError

SECONDS = 20.0  # until a body has to be there


async def bounded_body(request: Request, most: int, what: str) -> bytes:
    """The body of at most `most` bytes. Raises CnnlabError, which calls it `what`, where it is longer or too slow."""
    try:
        return await asyncio.wait_for(_read(request, most, what), SECONDS)
    except asyncio.TimeoutError:
        raise CnnlabError(f"{what} did not arrive within {SECONDS:.0f} seconds.") from None


async def _read(request: Request, most: int, what: str) -> bytes:
    taken = b""
    async for part in request.stream():
        taken += part
        if len(taken) > most:
            raise CnnlabError(f"{what} may have at most {most:,} bytes.")
    return taken
