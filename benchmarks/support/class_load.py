"""A class at its phones, in a process of its own: who strokes, who sends, and who looks around the dashboard."""

from __future__ import annotations

import asyncio
import random
import threading
import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from secrets import token_hex

import httpx2 as httpx
import numpy as np
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

from cnnlab.data import datasets

STROKE_EVERY, SEND_EVERY, PAGE_EVERY = 2.0, 20.0, 5.0  # seconds
AGAIN = 0.1  # of the drawings are sent twice, as after a lost connection
SIDE = 280  # pixels of a phone's canvas
PAGES = ("draw", "kernels", "feature_maps", "confusion", "shift", "data", "classroom")


@dataclass
class Seen:
    """What the load saw. answers: seconds of each; acknowledged: when each drawing was; refused: sentences."""

    answers: list[float] = field(default_factory=list)
    acknowledged: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    pages: list[float] = field(default_factory=list)  # seconds until each was drawn


def run(pipe: Connection, address: str, phones: int, spectators: int) -> None:
    """Join, say "ready", and for every number of seconds that comes through the pipe: work so long, send what was Seen.

    None ends it.
    """
    test = datasets.load("mnist")[1]
    images = [np.kron(image, np.ones((10, 10), np.uint8)) for image in test.images[:500, 0].numpy()]
    digits = [(zlib.compress(image.tobytes()), int(label)) for image, label in zip(images, test.labels, strict=False)]
    asyncio.run(_class(pipe, address, phones, spectators, digits))


async def _class(pipe: Connection, address: str, phones: int, spectators: int, digits: Sequence) -> None:
    clients = [_client(address, number) for number in range(phones)]
    streams = [asyncio.create_task(_listen(client)) for client in clients]
    await asyncio.sleep(1.0 + phones / 50)
    pipe.send("ready")
    while (seconds := await asyncio.to_thread(pipe.recv)) is not None:
        seen, until = Seen(), time.monotonic() + seconds
        looking = [
            threading.Thread(target=_look_around, args=(address, until, seen, number)) for number in range(spectators)
        ]
        for each in looking:
            each.start()
        working = (_phone(client, digits, until, seen, number) for number, client in enumerate(clients))
        await asyncio.gather(*working)
        for each in looking:
            await asyncio.to_thread(each.join)
        pipe.send(seen)
    for stream in streams:
        stream.cancel()
    await asyncio.gather(*(client.aclose() for client in clients))


def _client(address: str, number: int) -> httpx.AsyncClient:
    """One phone; on Linux each has an address of its own, as in a room."""
    own = f"127.1.{number // 200}.{number % 200 + 1}"
    transport = httpx.AsyncHTTPTransport(local_address=own, retries=1)
    return httpx.AsyncClient(base_url=address, transport=transport, timeout=30, trust_env=False)


async def _listen(client: httpx.AsyncClient) -> None:
    await client.get("/join")
    async with client.stream("GET", "/join/events", timeout=None) as stream:
        async for _ in stream.aiter_lines():
            pass


async def _phone(client: httpx.AsyncClient, digits: Sequence, until: float, seen: Seen, number: int) -> None:
    chance = random.Random(number)
    next_stroke = time.monotonic() + chance.uniform(0, STROKE_EVERY)
    next_sent = time.monotonic() + chance.uniform(0, SEND_EVERY)
    while (now := min(next_stroke, next_sent)) < until:
        await asyncio.sleep(max(0.0, now - time.monotonic()))
        body, label = chance.choice(digits)
        if next_stroke <= next_sent:
            next_stroke += STROKE_EVERY
            started = time.monotonic()
            answer = await client.post(f"/join/read?width={SIDE}&height={SIDE}", content=body)
            seen.answers.append(time.monotonic() - started)
            if answer.status_code != 200:
                seen.refused.append(answer.text)
            continue
        next_sent += SEND_EVERY
        query = f"width={SIDE}&height={SIDE}&label={label}&id={token_hex(8)}&name=phone%20{number}"
        for again in range(1 + (chance.random() < AGAIN)):
            answer = await client.post(f"/join/drawing?{query}", content=body)
            if answer.status_code != 200:
                seen.refused.append(answer.text)
                break
            if not again:
                seen.acknowledged.append(time.time())


def _look_around(address: str, until: float, seen: Seen, number: int) -> None:
    """A spectator's tab: another page every few seconds."""
    chance = random.Random(1000 + number)
    stream = f"{address.replace('http', 'ws')}/_stcore/stream"
    with connect(stream, subprotocols=["streamlit"], max_size=None, proxy=None) as socket:  # type: ignore[list-item]
        while time.monotonic() < until:
            asked = BackMsg()
            asked.rerun_script.page_name = chance.choice(PAGES)
            started = time.monotonic()
            socket.send(asked.SerializeToString())
            _until_drawn(socket)
            seen.pages.append(time.monotonic() - started)
            time.sleep(max(0.0, min(PAGE_EVERY - (time.monotonic() - started), until - time.monotonic())))


def _until_drawn(socket) -> None:
    while True:
        told = ForwardMsg()
        told.ParseFromString(socket.recv(timeout=60))
        if told.WhichOneof("type") == "script_finished" and told.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY:
            return
