"""What is kept for pages: worked out once, bounded in bytes, the longest unused goes first."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest
import torch
from cachetools import LRUCache

from cnnlab import models
from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.ui.cache import bounded


@pytest.fixture
def room(monkeypatch):
    """Room for 10 kB."""
    monkeypatch.setattr(bounded, "_kept", LRUCache(10_000, getsizeof=bounded.bytes_of))
    return bounded._kept


@dataclass(frozen=True)
class Pair:
    first: np.ndarray
    second: np.ndarray


def test_bytes_are_those_that_tensors_and_networks_hold():
    network = models.build("simple-cnn")
    values = sum(each.numel() * each.element_size() for each in network.state_dict().values())
    assert bounded.bytes_of(network) == values
    whole = torch.zeros(1000)
    assert bounded.bytes_of([whole, whole[:10], {"again": whole}]) == pytest.approx(4_000, abs=100)
    array = np.zeros(1000)
    assert bounded.bytes_of(Pair(array, array[:5])) == pytest.approx(8_000, abs=100)


def test_the_longest_unused_goes_and_together_they_stay_within_the_room(room):
    asked = []

    @bounded.kept()
    def zeros(number, _weight=None):
        asked.append(number)
        return np.zeros(400)  # 3.2 kB

    for number in (1, 2, 3, 1, 4, 1, 2):
        zeros(number, _weight=object())
    assert asked == [1, 2, 3, 4, 2], "1 was used all the time, 2 had to go"
    assert room.currsize <= 10_000


def test_what_is_too_large_is_given_but_not_kept(room):
    @bounded.kept()
    def large():
        return np.zeros(10_000)

    assert len(large()) == 10_000 and room.currsize == 0


def test_two_that_ask_at_once_share_the_work(room):
    asked = []

    @bounded.kept()
    def slow(number):
        asked.append(number)
        time.sleep(0.2)
        return number

    threads = [threading.Thread(target=slow, args=(7,)) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert asked == [7]


def test_an_error_is_not_kept(room):
    tries = []

    @bounded.kept()
    def sometimes():
        tries.append(1)
        if len(tries) == 1:
            raise CnnlabError("no")
        return 5

    with pytest.raises(CnnlabError):
        sometimes()
    assert sometimes() == sometimes() == 5 and len(tries) == 2


@pytest.mark.parametrize(("said", "bytes_"), [("", 600_000_000), ("50", 50_000_000)])
def test_a_setting_says_how_much(monkeypatch, said, bytes_):
    monkeypatch.setenv("CNNLAB_CACHE_MB", said)
    assert paths.cache_bytes() == bytes_
    monkeypatch.setenv("CNNLAB_CACHE_MB", "much")
    with pytest.raises(CnnlabError, match="CNNLAB_CACHE_MB is 'much': it must be a whole number"):
        paths.cache_bytes()
