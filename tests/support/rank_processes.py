"""Processes that train together, as torchrun starts them, forked from the tests' own."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from cnnlab.training.ranks import Ranks, launched
from tests.support import processes


def results_of(work: Callable[..., Any], *arguments: Any, world: int = 2) -> list[Any]:
    """What `work(ranks, *arguments)` returns in each of `world` processes that can reach one another."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # not daemons: they may start processes of their own
    started = [processes.started(_as_rank, rank, world, port, work, *arguments, daemon=False) for rank in range(world)]
    found = [pipe.recv() for _, pipe in started]
    assert [processes.ended(process) for process, _ in started] == [0] * world
    return found


def _as_rank(pipe: Connection, rank: int, world: int, port: int, work: Callable[..., Any], *arguments: Any) -> None:
    told = {"RANK": rank, "LOCAL_RANK": rank, "WORLD_SIZE": world, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
    os.environ.update({name: str(value) for name, value in told.items()})
    ranks: Ranks = launched()
    with ranks.together():
        pipe.send(work(ranks, *arguments))
