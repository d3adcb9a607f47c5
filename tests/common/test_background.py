"""Work that nobody waits for any more ends, whether it runs or waits; what somebody asks after goes on."""

from __future__ import annotations

import threading
import time

from cnnlab.common.background import Queue


def endless(began: threading.Event):
    def work(on_progress):
        began.set()
        while True:
            time.sleep(0.005)
            on_progress(0.1)

    return work


def test_what_nobody_asks_after_ends_and_what_waits_behind_it_is_dropped():
    queue, began, kept = Queue(patience=0.2), threading.Event(), []
    queue.request("a", "sweep", endless(began), kept.append)
    queue.request("b", "sweep", lambda _: "b", kept.append)
    assert began.wait(5)
    until = time.monotonic() + 0.3
    while time.monotonic() < until:  # nobody asks after b, and a goes on
        assert queue.progress("a") is not None
        time.sleep(0.01)
    assert queue.join(5), "nothing is left to do"
    assert kept == [] and queue.progress("a") is None and queue.error("a") is None and queue.error("b") is None


def test_what_somebody_asks_after_goes_on():
    queue, began, kept = Queue(patience=0.3), threading.Event(), []
    queue.request("a", "sweep", endless(began), kept.append)
    assert began.wait(5)
    for _ in range(20):
        assert queue.progress("a") is not None
        time.sleep(0.04)
    assert queue.join(5) and kept == []


def test_asked_for_again_it_is_done():
    queue, began, kept = Queue(patience=0.2), threading.Event(), []
    queue.request("a", "sweep", endless(began), kept.append)
    assert began.wait(5) and queue.join(5)
    queue.request("a", "sweep", lambda _: "done", kept.append)
    assert queue.join(5) and kept == ["done"]


def test_a_closed_queue_gives_up_and_begins_nothing():
    queue, began, kept = Queue(), threading.Event(), []
    queue.request("a", "sweep", endless(began), kept.append)
    queue.request("b", "sweep", lambda _: "b", kept.append)
    assert began.wait(5)
    queue.close()
    assert queue.join(5)
    queue.request("c", "sweep", lambda _: "c", kept.append)
    assert queue.join(1) and kept == []
