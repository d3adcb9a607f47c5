"""The app in a real Chromium, for browser tests and benchmarks."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[2]
WITH_WINDOWS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
WINDOWLESS = "chromium-headless-shell"
IS_SETTLED = """([quiet, call]) => {
  const working = '[data-testid="stStatusWidget"], [data-testid="stAppSkeleton"], [data-stale="true"]';
  if (window.settling?.call !== call || document.querySelector(working))
    window.settling = { call, since: performance.now() };
  return performance.now() - window.settling.since >= quiet;
}"""
PATIENCE = 120  # seconds: a busy machine is slow, not wrong
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-quic",
    "--disable-component-update",
    "--disable-sync",
]


@contextmanager
def chromium(*flags: str, windowless: bool = False) -> Iterator[Browser]:
    """This machine's Chromium, Chrome or Edge, else the one Playwright fetches. Raises RuntimeError without any.

    windowless: rather Debian's Chromium that can open no window; its pages are the same, for an eighth less of the
    processor.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_installed(windowless), args=[*FLAGS, *flags])
        yield browser
        browser.close()


def _installed(windowless: bool) -> str | None:
    for name in (WINDOWLESS, *WITH_WINDOWS) if windowless else WITH_WINDOWS:
        if found := shutil.which(name):
            return found
    command = [sys.executable, "-m", "playwright", "install", "chromium"]
    fetched = subprocess.run(command, capture_output=True, text=True)
    if fetched.returncode:
        raise RuntimeError(f"There is no Chromium and none could be fetched: install one.\n{fetched.stderr[-500:]}")
    return None


class Process(Protocol):
    """What `serve` needs of the process that it starts."""

    def poll(self) -> int | None:
        """None while it runs."""

    def terminate(self) -> None:
        """Ask it to end."""

    def wait(self, timeout: float) -> object:
        """Wait until it has ended."""


Start = Callable[[str, Mapping[str, str], IO[str]], Process]  # Python code, environment, log


def start_process(code: str, environment: Mapping[str, str], log: IO[str]) -> Process:
    """A new Python that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT, env=dict(environment)
    )


@contextmanager
def serve(runs: Path, before: str = "", start: Start = start_process) -> Iterator[str]:
    """Run the app with its runs in the folder `runs` and yield its address.

    `before` is Python that is executed first in the server's process, which `start` starts.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    arguments = [
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
    ]
    code = f"{before}\nfrom streamlit.web.cli import main\nmain({arguments!r})"
    log = (runs / "server.log").open("w")
    environment = {
        **os.environ,
        "CNNLAB_CHECKPOINTS": str(runs),
        "CNNLAB_CLASS_SET": str(runs / "drawings.npz"),
        "CNNLAB_SWEEPS": str(runs / "sweeps"),
        "CNNLAB_DATA": os.environ.get("CNNLAB_DATA", str(runs / "data")),
        "CNNLAB_NETWORKS": str(runs / "networks"),
        "PYTHONPATH": str(ROOT),
    }
    server = start(code, environment, log)
    try:
        deadline = time.monotonic() + 90
        while socket.socket().connect_ex(("127.0.0.1", port)):
            assert server.poll() is None and time.monotonic() < deadline, (runs / "server.log").read_text()
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def settled(page: Page, quiet: float = 0.4) -> None:
    """Wait until no script has run for `quiet` seconds."""
    asked = [1000 * quiet, time.monotonic_ns()]
    page.wait_for_function(IS_SETTLED, arg=asked, polling=50, timeout=1000 * PATIENCE)
