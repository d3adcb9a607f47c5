"""The PIN: guessing gets nowhere, and the form in which it is typed."""

from __future__ import annotations

import itertools

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from cnnlab.classroom import teacher_page
from cnnlab.classroom.pin import A_SECOND, COOKIE, FREE_TRIES, LENGTH, LETTERS, LONGEST_WAIT, Pin, new_pin


def test_a_new_one_is_long_enough_and_another_every_time():
    found = {new_pin() for _ in range(200)}
    assert len(found) == 200 and all(len(pin) == LENGTH and set(pin) <= set(LETTERS) for pin in found)
    assert len(LETTERS) ** LENGTH > 5e11


def test_ten_thousand_wrong_tries_are_hardly_looked_at():
    now = [0.0]
    pin = Pin("0042", lambda: now[0])  # a weak one, that somebody chose
    looked_at = 0
    for number in range(10_000):  # one every 20 ms, the 43rd of them right
        looked_at += pin.wait("10.0.0.9") == 0
        assert not pin.check(f"{number:04d}", "10.0.0.9")
        now[0] += 0.02
    assert looked_at < 20
    assert pin.wait("10.0.0.9") <= LONGEST_WAIT
    assert pin.check("0042", "10.0.0.10"), "another address does not wait for it"


def test_many_addresses_together_are_slowed_too():
    now = [0.0]
    pin = Pin("0042", lambda: now[0])
    addresses = (f"10.0.{a}.{b}" for a, b in itertools.product(range(40), range(250)))
    tried = sum(pin.wait(address) == 0 and not pin.check("wrong", address) for address in addresses)
    assert tried == A_SECOND
    now[0] = 1.1
    assert pin.check(" 0042 ", "10.9.9.9")


def test_who_waits_long_enough_may_try_again():
    now = [0.0]
    pin = Pin("right", lambda: now[0])
    for _ in range(FREE_TRIES):
        assert not pin.check("wrong", "a")
    assert pin.wait("a") == 1 and not pin.check("right", "a")
    now[0] = 1.5
    assert pin.check("right", "a") and pin.wait("a") == 0


@pytest.fixture
def form():
    pin = Pin("right one")
    return pin, TestClient(Starlette(routes=teacher_page.routes(pin)), "http://localhost", follow_redirects=False)


def test_the_form_gives_a_cookie_for_the_pin_alone(form):
    pin, client = form
    assert "PIN" in client.get("/teacher").text
    wrong = client.post("/teacher", data={"pin": "wrong"})
    assert wrong.status_code == 403 and COOKIE not in wrong.cookies and "That is not the PIN" in wrong.text
    right = client.post("/teacher", data={"pin": "right one"})
    assert right.status_code == 303 and right.headers["location"] == "/"
    assert "HttpOnly" in right.headers["set-cookie"] and "samesite=strict" in right.headers["set-cookie"].lower()
    assert pin.knows(right.cookies[COOKIE])


@pytest.mark.parametrize("body", [b"", b"pin", b"\xff\xfe", b"pin=" + b"x" * 10_000, b"%zz&&&=;", b"pin=%ff"])
def test_whatever_is_sent_to_it_is_answered_with_a_sentence(form, body):
    answer = form[1].post("/teacher", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 403 and "That is not the PIN" in answer.text


def test_who_guesses_is_told_to_wait(form):
    for _ in range(FREE_TRIES):
        form[1].post("/teacher", data={"pin": "wrong"})
    answer = form[1].post("/teacher", data={"pin": "right one"})
    assert answer.status_code == 429 and "wait 1 second" in answer.text
