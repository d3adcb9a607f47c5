"""The server as it is started: whom it answers, and how it ends."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cnnlab.runs import store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
RUN = """
import threading
from streamlit.web.cli import main
def train():
    import time
    while True:
        time.sleep(0.1)
        try:
            with socket.create_connection(("127.0.0.1", PORT), 1):
                break
        except OSError:
            pass
    from cnnlab.common import paths
    from cnnlab.runs import launch
    from cnnlab.training.recipes import recipe
    from cnnlab.ui.cache import loaders
    config = recipe("a0-simple-cnn").config.replace(device="cpu", epochs=5)
    loaders.runner().start(launch.prepare(config, paths.checkpoints()))
    from cnnlab.classroom.lesson import lesson
    lesson.switch(is_open=True)
    while loaders.runner().snapshot().step < 30:
        time.sleep(0.05)
    print("training", flush=True)
import socket
threading.Thread(target=train, daemon=True).start()
main(["run", "app.py", "--server.port", str(PORT), "--server.headless", "true"])
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def environment(runs: Path) -> dict[str, str]:
    return {**os.environ, "CNNLAB_CHECKPOINTS": str(runs), "PYTHONPATH": str(ROOT)}


@pytest.fixture(scope="module")
def port(tmp_path_factory):
    """Of a server that was started without a word about addresses."""
    runs, port = tmp_path_factory.mktemp("runs"), free_port()
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.headless",
        "true",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=environment(runs), stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while socket.socket().connect_ex(("127.0.0.1", port)):
        assert server.poll() is None and time.monotonic() < deadline
        time.sleep(0.1)
    yield port
    server.terminate()
    assert server.wait(20) == 0


def status(port: int, host: str, path: str = "/", **headers: str) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path, headers={"Host": host, **headers})
    return connection.getresponse().status


def test_it_listens_on_this_machine_alone(port):
    outside = next((each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)), "127.0.0.1")
    if outside.startswith("127."):
        outside = "127.0.0.2"  # another address of this machine, on which nothing should listen
    assert socket.socket().connect_ex((outside, port)) != 0
    assert socket.socket().connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.parametrize("path", ["/", "/train", "/_stcore/health", "/_stcore/stream"])
def test_a_foreign_name_is_refused_everywhere(port, path):
    upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    more = upgrade if path.endswith("stream") else {}
    refused = 403 if more else 400
    assert status(port, "evil.example", path, **more) == refused
    assert status(port, f"evil.example:{port}", path, **more) == refused
    assert status(port, f"localhost:{port}", path, **more) in (200, 101, 307)


def listening_phone(port: int) -> http.client.HTTPConnection:
    """A phone with its stream open, which the server would wait for."""
    phone = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    phone.request("GET", "/join")
    joined = phone.getresponse()
    joined.read()
    phone.request("GET", "/join/events", headers={"Cookie": joined.headers["set-cookie"].split(";")[0]})
    assert phone.getresponse().readline().startswith(b"retry")
    return phone


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_it_leaves_within_seconds_and_the_run_under_way_is_kept_as_stopped(tmp_path, how):
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-c", f"PORT = {port}\n{RUN}"],
        cwd=ROOT, env=environment(tmp_path), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    for line in server.stdout:
        if line.strip() == "training":
            break
    phone = listening_phone(port)
    started = time.monotonic()
    server.send_signal(how)
    assert server.wait(30) == 0
    took = time.monotonic() - started
    phone.close()
    server.stdout.close()
    (run,), unreadable = store.list_runs(tmp_path)
    assert not unreadable and run.outcome.state == "stopped" and run.can_go_on
    assert run.results[-1].step >= 30, f"what was learned is kept, after {took:.1f} s"
