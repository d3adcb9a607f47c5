"""Servers of the app that start at once: one process imports the libraries, and forks whenever a server is wanted.

A server started by itself imports them for seven seconds, and there is one for every file of browser tests.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

ROOT = Path(__file__).parents[2]
LIBRARIES = (
    "streamlit.web.cli",
    "streamlit.web.bootstrap",
    "altair",
    "captum.attr",
    "openTSNE",
    "plotly.graph_objects",
    "sklearn.decomposition",
    "sklearn.metrics",
    "torchvision.transforms.v2",
    "cnnlab.runs.store",
    "cnnlab.training.recipes",
)


class ForkedServer:
    """What subprocess.Popen offers for a child of one's own, for a child of the forking process."""

    def __init__(self, pid: int):
        self._pid = pid

    def poll(self) -> int | None:
        """None while it runs."""
        try:
            os.kill(self._pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def terminate(self) -> None:
        """Ask it to end."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)

    def wait(self, timeout: float) -> None:
        """Wait until it has ended. Raises subprocess.TimeoutExpired."""
        deadline = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("a server", timeout)
            time.sleep(0.02)


class Nursery:
    """The forking process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from tests.support import forked_servers; forked_servers.fork_servers()"],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, code: str, environment: Mapping[str, str], log: IO[str]) -> ForkedServer:
        """Run Python code in a new process."""
        assert self._process.stdin and self._process.stdout
        order = {"code": code, "environment": dict(environment), "log": log.name}
        print(json.dumps(order), file=self._process.stdin, flush=True)
        return ForkedServer(int(self._process.stdout.readline()))

    def close(self) -> None:
        """End it; no servers may be left."""
        self._process.communicate()


@contextlib.contextmanager
def nursery() -> Iterator[Nursery]:
    """A forking process, ended afterwards."""
    opened = Nursery()
    yield opened
    opened.close()


def fork_servers() -> None:
    """Carry out Nursery.start's orders until standard input ends."""
    for library in LIBRARIES:
        importlib.import_module(library)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # who has ended is gone at once
    for line in sys.stdin:
        order = json.loads(line)
        if pid := os.fork():
            print(pid, flush=True)
            continue
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        log = os.open(order["log"], os.O_WRONLY)
        for descriptor in (1, 2):
            os.dup2(log, descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.environ.clear()
        os.environ.update(order["environment"])
        exec(order["code"], {"__name__": "__main__"})
        os._exit(0)
