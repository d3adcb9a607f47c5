"""The guard: which names it answers to, who counts as being here, and how much may be sent."""

from __future__ import annotations

import contextlib

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from cnnlab.classroom.guard import VISITOR, Guard, host_name
from cnnlab.classroom.lesson import Lesson
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


def a_lesson(**switches: bool) -> Lesson:
    """One at which others look on, unless something else is said."""
    lesson = Lesson()
    lesson.switch(**{"is_open": True, "look_around": True, **switches})
    return lesson


def client(address: str = "127.0.0.1", hosts=(), host: str = "localhost:8501", lesson=None) -> TestClient:
    methods = ["GET", "PUT", "POST", "DELETE"]
    paths = ("/", "/train", "/join", "/join/read", "/teacher", "/_stcore/upload_file/a/b", "/live/key")
    inner = Starlette(routes=[*(Route(path, who, methods=methods) for path in paths), WebSocketRoute("/socket", talk)])
    guard = Guard(inner, PIN, lesson or a_lesson(), hosts)
    return TestClient(guard, f"http://{host}", client=(address, 5), follow_redirects=False)


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
    guard = Guard(Starlette(routes=[Route("/", who, methods=["GET", "PUT"])]), PIN, a_lesson())
    outside, inside = (TestClient(guard, "http://localhost", client=(each, 5)) for each in ("10.0.0.9", "127.0.0.1"))
    assert outside.put("/", content=b"x" * 900).status_code == 403
    assert inside.put("/", content=b"x" * 900).status_code == 200


FORGED = [
    {},
    {VISITOR: HERE},
    {"X-Forwarded-For": "127.0.0.1"},
    {"Forwarded": "for=127.0.0.1", "X-Real-Ip": "127.0.0.1"},
    {"Cookie": f"{COOKIE}=teacher"},
]
STUDENT, CLOSED = {"look_around": False}, {"is_open": False}


@pytest.mark.parametrize("headers", FORGED)
@pytest.mark.parametrize("switches", [STUDENT, CLOSED], ids=["student", "nobody"])
def test_who_may_not_look_reaches_nothing_of_the_dashboard(switches, headers):
    found = client("192.168.1.9", lesson=a_lesson(**switches))
    for path in ("/train", "/live/key", "/_stcore/upload_file/a/b", "/no/such/file"):
        for method in ("GET", "PUT", "POST", "DELETE", "HEAD"):
            assert found.request(method, path, headers=headers).status_code == 403
    with pytest.raises(WebSocketDisconnect), found.websocket_connect("/socket", headers=headers):
        pass


@pytest.mark.parametrize("headers", FORGED)
def test_a_student_has_the_phones_page_and_is_led_there(headers):
    found = client("192.168.1.9", lesson=a_lesson(**STUDENT))
    led = found.get("/", headers=headers)
    assert (led.status_code, led.headers["location"]) == (303, "/join")
    assert found.get("/join", headers=headers).text == Role.STUDENT.value
    assert found.post("/join/read", headers=headers).status_code == 200
    assert found.get("/joinery", headers=headers).status_code == 403


def test_nobody_is_told_that_the_class_is_closed_and_may_say_that_he_is_the_teacher():
    found = client("192.168.1.9", lesson=a_lesson(**CLOSED))
    assert "The class is closed" in found.get("/").text and found.get("/join").status_code == 403
    assert found.get("/teacher").status_code == 200
    assert found.get("/", headers={"Cookie": f"{COOKIE}={PIN.cookie()}"}).text == Role.TEACHER.value


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "http://localhost.evil.example", "http://["])
def test_a_page_of_another_site_changes_nothing_even_at_the_machine(origin):
    found = client()
    for method in ("POST", "PUT", "DELETE"):
        assert found.request(method, "/", headers={"Origin": origin, "content-length": "0"}).status_code == 403
    with pytest.raises(WebSocketDisconnect), found.websocket_connect("/socket", headers={"Origin": origin}):
        pass
    assert found.post("/join/read", headers={"Origin": "http://localhost:8501"}).status_code == 200


def test_who_may_look_no_longer_is_cut_off_in_mid_talk():
    async def echo(socket: WebSocket) -> None:
        await socket.accept()
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                heard.append(await socket.receive_text())
                await socket.send_text(heard[-1])

    lesson, heard = a_lesson(), []
    guard = Guard(Starlette(routes=[WebSocketRoute("/socket", echo)]), PIN, lesson)
    outside = TestClient(guard, "http://localhost", client=("10.0.0.9", 5))
    with outside.websocket_connect("/socket", headers={"Host": "localhost"}) as socket:
        socket.send_text("hello")
        assert socket.receive_text() == "hello"
        lesson.switch(look_around=False)
        socket.send_text("click")
        with pytest.raises(WebSocketDisconnect):
            socket.receive_text()
    assert heard == ["hello"]
