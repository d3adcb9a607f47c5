"""When the lab is open to other machines, and what is then printed."""

from __future__ import annotations

import webbrowser

import pytest

from cnnlab.classroom import opening


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
    opening.announce("127.0.0.1", 8501, "abcd2345", browser=False)
    assert capsys.readouterr().out == ""
    opening.announce("0.0.0.0", 8600, "abcd2345", browser=False)
    said = capsys.readouterr().out
    assert f"http://{opening.own_address()}:8600/teacher   PIN abcd2345" in said


def test_a_browser_is_opened_at_this_machines_own_address(monkeypatch):
    opened = []
    monkeypatch.setattr(opening.threading, "Timer", lambda seconds, function, args: opened.append(args) or Started())
    opening.announce("127.0.0.1", 8600, "abcd2345", browser=True)
    assert opened == [["http://localhost:8600"]]


class Started:
    def start(self) -> None:
        pass
