"""What a phone may ask, through the routes themselves: everything else is a sentence and costs nobody anything."""

from __future__ import annotations

import json
import threading
import time
import zlib

import httpx2 as httpx
import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from cnnlab.classroom.lesson import Lesson
from cnnlab.classroom.phone_routes import FILES, PhoneRoutes
from cnnlab.classroom.phones import COOKIE, JOINING, LIMITS, MOST_LISTENING, Phones, RefusedError
from cnnlab.classroom.questions import Question
from cnnlab.data.drawing import classroom_set
from cnnlab.data.drawing.preprocessing import prepare

SIDE = 280
SIZE = f"width={SIDE}&height={SIDE}"


class Class:
    """A lesson with its routes and a clock; `phone` joins."""

    def __init__(self):
        self.now = 0.0
        self.lesson, self.phones = Lesson(), Phones(lambda: self.now)
        self.lesson.switch(is_open=True)
        self.lesson.read_with(lambda ink: {"ink": int(ink.sum()), "shape": list(ink.shape)})
        self.app = Starlette(routes=PhoneRoutes(self.lesson, self.phones).all())

    def phone(self, address: str = "10.0.0.5", joins: bool = True) -> TestClient:
        client = TestClient(self.app, "http://lab", client=(address, 5), raise_server_exceptions=False)
        if joins:
            assert client.get("/join").status_code == 200
        return client


@pytest.fixture
def school(tmp_path, monkeypatch):
    monkeypatch.setenv("CNNLAB_CLASS_SET", str(tmp_path / "set.npz"))
    return Class()


@pytest.fixture
def ink(small):
    """A 7-like test digit as large ink, uint8 [280, 280]."""
    return np.kron(small.test.images[0, 0].numpy(), np.ones((10, 10), np.uint8))


def send(phone: TestClient, ink: np.ndarray, more: str = "label=7&id=one", packed: bool = True):
    body = zlib.compress(ink.tobytes()) if packed else ink.tobytes()
    return phone.post(f"/join/drawing?{SIZE}&{more}" + ("" if packed else "&packed=0"), content=body)


def test_the_page_is_small_and_asks_nothing_of_the_internet():
    assert sum(file.stat().st_size for file in FILES.iterdir()) < 60_000
    for file in FILES.iterdir():
        assert "//" not in file.read_text().replace("// ", ""), file


def test_joining_gives_a_cookie_once(school):
    phone = school.phone()
    header = phone.get("/join").headers
    assert "set-cookie" not in header and "default-src 'self'" in header["content-security-policy"]
    fresh = school.phone(joins=False).get("/join").headers["set-cookie"]
    assert "HttpOnly" in fresh and "SameSite=strict" in fresh and "Path=/join" in fresh
    for name in ("phone.js", "phone.css"):
        assert phone.get(f"/join/{name}").status_code == 200
    assert phone.get("/join/..%2f..%2fapp.py").status_code == 404


def test_a_drawing_is_read_with_the_teachers_network(school, ink):
    phone = school.phone()
    expected = {"ink": int(ink.sum()), "shape": [SIDE, SIDE]}
    assert phone.post(f"/join/read?{SIZE}", content=zlib.compress(ink.tobytes())).json() == expected
    assert phone.post(f"/join/read?{SIZE}&packed=0", content=ink.tobytes()).json() == expected


def test_a_drawing_sent_twice_is_kept_once_and_without_its_nickname(school, ink):
    phone = school.phone()
    for _ in range(3):
        assert send(phone, ink, "label=7&id=one&name=%20An%0Ana%20").json() == {"kept": True}
    kept = classroom_set.read()
    assert np.array_equal(kept.images, prepare(ink).image[None]) and kept.labels.tolist() == [7]
    assert kept.names == ("",) and dict(school.lesson.wall.sent) == {kept.ids[0]: "An na"}
    assert send(school.phone("10.0.0.6"), ink).json() == {"kept": True}  # another's id means another drawing
    assert len(classroom_set.read()) == 2


@pytest.mark.parametrize(
    ("path", "body", "status", "said"),
    [
        ("read?width=280", b"", 422, "height is None"),
        (f"read?{SIZE}", b"no zlib", 422, "cannot be unpacked"),
        (f"read?{SIZE}", zlib.compress(bytes(10**8)), 422, "78,401 bytes or more"),
        (f"read?{SIZE}&packed=0", bytes(200_001), 422, "at most 200,000 bytes"),
        (f"drawing?{SIZE}&label=12&id=a", b"", 422, "The digit is '12'"),
        (f"drawing?{SIZE}&label=²&id=a", b"", 422, "must be one from 0 to 9"),
        (f"drawing?{SIZE}&id=a", b"", 422, "The digit is ''"),
        (f"drawing?{SIZE}&label=1", b"", 422, "id must be"),
        (f"drawing?{SIZE}&label=1&id=" + "a" * 41, b"", 422, "id must be"),
        (f"drawing?{SIZE}&label=1&id=..%2F", b"", 422, "id must be"),
        (f"drawing?{SIZE}&label=1&id=a", zlib.compress(bytes(SIDE**2)), 422, ""),
        ("vote", b"{", 422, "An answer is JSON"),
        ("vote", b"[" * 499, 422, "An answer is JSON"),
        ("vote", b"\xff", 422, "An answer is JSON"),
        ("vote", b"1" * 501, 422, "at most 500 bytes"),
        ("vote", b'{"key": "x", "answer": 1}', 422, "This question is over"),
    ],
)
def test_anything_else_is_refused_with_a_sentence_and_keeps_nothing(school, path, body, status, said):
    answer = school.phone().post(f"/join/{path}", content=body)
    assert answer.status_code == status and said in answer.text and "Traceback" not in answer.text
    assert len(classroom_set.read()) == 0 and school.lesson.ballot is None


def test_who_has_not_joined_or_forges_his_cookie_gets_nothing(school, ink):
    stranger = school.phone(joins=False)
    for cookie in ("", "me", Phones().join("x", "") or ""):
        headers = {"Cookie": f"{COOKIE}={cookie}"}
        for path in ("read", "drawing", "vote"):
            assert stranger.post(f"/join/{path}?{SIZE}&label=1&id=a", headers=headers).status_code == 401
        assert stranger.get("/join/events", headers=headers).status_code == 401


def test_what_is_closed_is_refused(school, ink):
    phone = school.phone()
    school.lesson.switch(draw=False)
    assert send(phone, ink).status_code == 409
    assert phone.post(f"/join/read?{SIZE}", content=zlib.compress(ink.tobytes())).status_code == 409


def test_a_vote_is_taken_and_may_be_changed(school):
    phone = school.phone()
    school.lesson.ask(Question("Sure?", ("Yes", "No")))
    for place in (0, 1):
        vote = json.dumps({"key": school.lesson.ballot.key, "answer": place})
        assert phone.post("/join/vote", content=vote).json() == {"taken": True}
    assert list(school.lesson.ballot.votes.values()) == [1]


@pytest.mark.slow
def test_a_thousand_hostile_requests_cost_the_others_nothing(school, ink):
    hostile, friend = school.phone("10.6.6.6"), school.phone("10.0.0.5")
    codes = [hostile.post(f"/join/vote?{n}", content=b"{").status_code for n in range(1000)]
    assert set(codes) == {422, 429} and codes.count(422) == LIMITS["vote"][1]
    assert send(friend, ink).status_code == 200
    strangers = [school.phone("10.6.6.6", joins=False).get("/join").status_code for _ in range(JOINING[1] + 5)]
    assert strangers.count(429) >= 5
    assert school.phone("10.0.0.7").get("/join").status_code == 200
    school.now += 10
    assert hostile.post("/join/vote", content=b"{").status_code == 422


def test_so_many_phones_and_no_more():
    phones = Phones()
    times = [phones.enter(str(number)) for number in range(MOST_LISTENING)]
    with pytest.raises(RefusedError, match="400 phones already"):
        phones.enter("one more")
    again = phones.enter("0")
    phones.leave("0", times[0])  # the older stream of a phone that came back
    assert phones.count == MOST_LISTENING and phones.listens("0", again)
    phones.leave("0", again)
    assert phones.count == MOST_LISTENING - 1


def test_what_the_teacher_opens_comes_by_itself_and_one_phone_counts_once(school):
    """Through a real server: TestClient does not stream."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(school.app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    address = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    told = []
    with httpx.Client(base_url=address, timeout=20) as phone:
        phone.get("/join")
        with phone.stream("GET", "/join/events") as stream:
            for line in stream.iter_lines():
                if not line.startswith("data: "):
                    continue
                told.append(json.loads(line.removeprefix("data: "))["mode"])
                if told == ["draw"]:
                    assert school.phones.count == 1
                    school.lesson.switch(draw=False)
                elif told[-1] == "wait":
                    school.lesson.ask(Question("Sure?", ("Yes", "No")))
                elif told[-1] == "vote":
                    school.lesson.forget()
    assert told == ["draw", "wait", "vote", "closed"]
    assert school.phones.count == 0
    server.should_exit = True
    thread.join(10)
