"""Reading while the pen moves: what comes in is bounded and checked, what goes out is what the page would say."""

from __future__ import annotations

import threading
import zlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from cnnlab.classroom.live_answers import MOST_READERS, PATH, LiveAnswers
from cnnlab.classroom.sent_ink import MOST_BYTES
from cnnlab.errors import CnnlabError

INK = np.arange(12, dtype=np.uint8).reshape(3, 4)


@pytest.fixture
def lab():
    """(LiveAnswers with the reader "key", a client of its route)."""
    answers = LiveAnswers()
    answers.open("key", lambda ink, layers: {"sum": int(ink.sum()), "shape": list(ink.shape), "layers": layers})
    app = Starlette(routes=[Route(PATH, answers.answer, methods=["POST"])])
    with TestClient(app, raise_server_exceptions=False) as client:
        yield answers, client


def ask(client: TestClient, ink: np.ndarray = INK, key: str = "key", query: str = "width=4&height=3"):
    return client.post(f"/live/{key}?{query}", content=zlib.compress(ink.tobytes()))


def test_a_reader_is_given_the_ink_as_it_was_drawn(lab):
    assert ask(lab[1]).json() == {"sum": int(INK.sum()), "shape": [3, 4], "layers": False}
    assert ask(lab[1], query="width=4&height=3&layers=1").json()["layers"] is True


def test_the_newest_reader_of_a_key_answers(lab):
    lab[0].open("key", lambda ink, layers: {"newer": True})
    assert ask(lab[1]).json() == {"newer": True}


def test_nobody_reads_for_an_unknown_key_and_old_readers_are_forgotten(lab):
    assert ask(lab[1], key="guess").status_code == 404
    for number in range(MOST_READERS):
        lab[0].open(str(number), lambda ink, layers: {})
    assert ask(lab[1]).status_code == 404 and ask(lab[1], key="0").status_code == 200


@pytest.mark.parametrize(
    ("query", "body", "said"),
    [
        ("width=4", zlib.compress(INK.tobytes()), "height is None"),
        ("width=-4&height=3", zlib.compress(INK.tobytes()), "width is '-4'"),
        ("width=²&height=3", zlib.compress(INK.tobytes()), "width is '²'"),
        ("width=4&height=99999999999", zlib.compress(INK.tobytes()), "height is '99999999999'"),
        ("width=4&height=2", zlib.compress(INK.tobytes()), "9 bytes or more"),
        ("width=5&height=3", zlib.compress(INK.tobytes()), "12 bytes or more"),
        ("width=4&height=3", b"no zlib", "cannot be unpacked"),
        ("width=4&height=3", b"", "0 bytes"),
        ("width=1024&height=1024", zlib.compress(bytes(10**8)), "1,048,577 bytes or more"),
        ("width=4&height=3", bytes(MOST_BYTES + 1), "at most 200,000 bytes"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(lab, query, body, said):
    answer = lab[1].post(f"/live/key?{query}", content=body)
    assert answer.status_code == 422 and said in answer.text
    assert ask(lab[1]).status_code == 200  # and the reader goes on


def test_what_a_reader_refuses_is_said(lab):
    def refuse(ink: np.ndarray, layers: bool) -> dict:
        raise CnnlabError("This run is gone.")

    lab[0].open("key", refuse)
    assert (ask(lab[1]).status_code, ask(lab[1]).text) == (422, "This run is gone.")


def test_one_drawing_at_a_time(lab):
    going, done = threading.Event(), threading.Event()

    def slow(ink: np.ndarray, layers: bool) -> dict:
        going.set()
        assert done.wait(20)
        return {}

    lab[0].open("key", slow)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, lab[1])
        assert going.wait(20)
        assert ask(lab[1]).status_code == 429
        done.set()
        assert first.result().status_code == 200
    assert ask(lab[1]).status_code == 200
