"""The guard: which names it answers to, who counts as being here, and how much may be sent."""

from __future__ import annotations

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from cnnlab.classroom.guard import VISITOR, Guard, host_name
from cnnlab.classroom.pin import COOKIE, Pin
from cnnlab.classroom.roles import Role
from cnnlab.classroom.uploads import UploadBudget

HERE, ELSEWHERE = Role.HERE.value, Role.SPECTATOR.value
PIN = Pin("a pin")


async def who(request: Request) -> PlainTextResponse:
    return PlainTextResponse(",".join(request.headers.getlist(VISITOR)))


async def talk(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text(socket.headers[VISITOR])
    await socket.close()


def client(address: str = "127.0.0.1", hosts=(), host: str = "localhost:8501") -> TestClient:
    inner = Starlette(routes=[Route("/", who, methods=["GET", "PUT"]), WebSocketRoute("/socket", talk)])
    return TestClient(Guard(inner, PIN, hosts), f"http://{host}", client=(address, 5))


@pytest.mark.parametrize(
    "host", ["localhost", "LOCALHOST:8501", "127.0.0.1:1", "[::1]:8501", "192.168.1.7", "lab.school"]
)
def test_own_names_and_addresses_are_answered(host):
    assert client(hosts=["lab.school"]).get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8501", "localhost.evil.example", "", "[evil]", "127.0.0.1.nip.io"]
)
def test_foreign_names_are_refused(host):
    found = client()
    assert found.get("/", headers={"Host": host}).status_code == 400
    with pytest.raises(WebSocketDisconnect), found.websocket_connect("/socket", headers={"Host": host}):
        pass


@pytest.mark.parametrize(
    ("address", "headers", "said"),
    [
        ("127.0.0.1", {}, HERE),
        ("127.8.9.1", {}, HERE),
        ("::1", {}, HERE),
        ("::ffff:127.0.0.1", {}, HERE),
        ("192.168.1.9", {}, ELSEWHERE),
        ("::ffff:10.0.0.1", {}, ELSEWHERE),
        ("testclient", {}, ELSEWHERE),
        ("127.0.0.1", {"X-Forwarded-For": "8.8.8.8"}, ELSEWHERE),
        ("127.0.0.1", {"Forwarded": "for=8.8.8.8"}, ELSEWHERE),
        ("192.168.1.9", {VISITOR: HERE}, ELSEWHERE),
        ("192.168.1.9", {VISITOR.upper(): HERE}, ELSEWHERE),
    ],
)
def test_who_is_here_is_decided_by_the_connection_alone(address, headers, said):
    found = client(address)
    assert found.get("/", headers=headers).text == said
    with found.websocket_connect("/socket", headers={"Host": "localhost", **headers}) as socket:
        assert socket.receive_text() == said


def test_names_in_host_headers():
    assert [host_name(host) for host in ("A.b:80", "[::1]:8", "x.", "")] == ["a.b", "::1", "x", ""]


def test_uploads_are_counted_and_come_free_with_time():
    now = [0.0]
    budget = UploadBudget(100, 60, lambda: now[0])
    assert budget.take(60) and budget.take(40) and not budget.take(1)
    now[0] = 61
    assert budget.take(100)


def test_an_upload_beyond_the_budget_or_without_a_length_is_refused(monkeypatch):
    monkeypatch.setattr("cnnlab.classroom.guard.UploadBudget", lambda: UploadBudget(1_000))
    found = client()
    assert found.put("/", content=b"x" * 900).status_code == 200
    assert found.put("/", content=b"x" * 200).status_code == 413
    assert found.put("/", content=iter([b"x"])).status_code == 413


def test_a_teacher_elsewhere_is_known_by_the_cookie_alone():
    found = client("192.168.1.9")
    assert found.get("/", headers={"Cookie": f"{COOKIE}={PIN.cookie()}"}).text == Role.TEACHER.value
    foreign = Pin("a pin").cookie()
    for cookie in (f"{COOKIE}=teacher", f"{COOKIE}={foreign}", f"{COOKIE}={PIN.cookie()[:-1]}", "=;=", COOKIE):
        assert found.get("/", headers={"Cookie": cookie}).text == Role.SPECTATOR.value


def test_a_spectator_uploads_nothing_and_uses_up_nobodys_room(monkeypatch):
    monkeypatch.setattr("cnnlab.classroom.guard.UploadBudget", lambda: UploadBudget(1_000))
    guard = Guard(Starlette(routes=[Route("/", who, methods=["GET", "PUT"])]), PIN)
    outside, inside = (TestClient(guard, "http://localhost", client=(each, 5)) for each in ("10.0.0.9", "127.0.0.1"))
    assert outside.put("/", content=b"x" * 900).status_code == 403
    assert inside.put("/", content=b"x" * 900).status_code == 200
