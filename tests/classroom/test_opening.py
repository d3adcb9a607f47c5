"""When the lab is open to other machines, and what is then printed."""

from __future__ import annotations

import webbrowser

import pytest

from cnnlab.classroom import opening
from cnnlab.classroom.lesson import Lesson


@pytest.mark.parametrize(
    ("address", "reachable"),
    [
        ("127.0.0.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("192.168.1.7", True),
        ("lab.school", True),
        (None, True),
    ],
)
def test_only_addresses_beyond_this_machine_are_open(address, reachable):
    assert opening.is_open(address) is reachable


def test_the_pin_is_printed_where_others_get_in_and_only_there(capsys, monkeypatch):
    monkeypatch.setattr(webbrowser, "open", lambda url: pytest.fail("a browser was not asked for"))
    lesson = Lesson()
    opening.begin(lesson, "abcd2345", "127.0.0.1", 8501, headless=True)
    assert capsys.readouterr().out == "" and not lesson.switches.is_open
    opening.begin(lesson, "abcd2345", "0.0.0.0", 8600, headless=True)
    said = capsys.readouterr().out
    assert f"http://{opening.own_address()}:8600/teacher   PIN abcd2345" in said
    assert f"http://{opening.own_address()}:8600/join" in said and lesson.switches.is_open


def test_the_likeliest_address_comes_first_and_none_is_this_machines_own_alone():
    known = opening.own_addresses()
    assert known[0] == opening.own_address() and len(set(known)) == len(known)
    assert not any(each.startswith("127.") for each in known[1:])


def test_a_browser_is_opened_at_this_machines_own_address(monkeypatch):
    opened = []
    monkeypatch.setattr(opening.threading, "Timer", lambda seconds, function, args: opened.append(args) or Started())
    opening.begin(Lesson(), "abcd2345", "127.0.0.1", 8600, headless=False)
    opening.begin(Lesson(), "abcd2345", "0.0.0.0", 8600, headless=False)
    assert opened == [["http://localhost:8600"], ["http://localhost:8600/classroom"]]


class Started:
    def start(self) -> None:
        pass
