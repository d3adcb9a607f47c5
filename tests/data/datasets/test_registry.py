"""The registry of data sets under many threads."""

from __future__ import annotations

import threading
import time

from cnnlab.data import datasets
from cnnlab.data.datasets import registry


def test_many_threads_read_a_set_once_and_another_is_not_held_up(monkeypatch, mnist):
    calls, waiting = [], threading.Event()

    def read(progress=None):
        calls.append(1)
        waiting.wait(10)
        return mnist

    monkeypatch.setitem(registry._specs, "slow", datasets.DatasetSpec("slow", "Slow", read))
    found = []
    threads = [threading.Thread(target=lambda: found.append(datasets.load("slow"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(0.1)
    assert len(datasets.load("mnist")[0]) == 60_000  # while eight wait for the slow one
    waiting.set()
    for thread in threads:
        thread.join(10)
    registry._loaded.pop(("slow", 0))
    assert len(calls) == 1 and len(found) == 8 and all(each is found[0] for each in found)
