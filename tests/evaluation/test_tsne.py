"""t-SNE in its process, and the queue of maps."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from cnnlab.errors import CnnlabError
from cnnlab.evaluation.projections import neighbours_agree
from cnnlab.evaluation.tsne import Embedding
from cnnlab.evaluation.tsne_queue import Maps


def blobs(images: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds far apart in ten dimensions."""
    chance, labels = np.random.default_rng(0), np.arange(images) % 3
    return (chance.normal(size=(images, 10)) + 12 * np.eye(10)[labels]).astype(np.float32), labels


def waited(maps: Maps, key, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while maps.progress(key) is not None and time.monotonic() < deadline:
        time.sleep(0.02)


def test_clouds_stay_apart_and_progress_is_told():
    vectors, labels = blobs()
    told: list[float] = []
    points = Embedding(vectors).wait(told.append)
    assert points.shape == (90, 2) and points.dtype == np.float32
    assert neighbours_agree(points, labels) == 1
    assert told == sorted(told) and len(told) >= 5, "scikit-learn no longer prints a line every 50 iterations"


def test_a_stopped_embedding_is_a_sentence():
    embedding = Embedding(np.random.default_rng(0).normal(size=(3000, 10)).astype(np.float32))
    threading.Timer(0.5, embedding.stop).start()
    with pytest.raises(CnnlabError, match="ended early"):
        embedding.wait(lambda share: None)


def test_maps_are_made_one_after_the_other():
    maps, (vectors, labels) = Maps(), blobs(40)
    for key in ("first", "second"):
        maps.request(key, lambda: vectors)
    maps.request("first", lambda: pytest.fail("asked for twice"))
    assert maps.progress("unknown") is None
    for key in ("first", "second"):
        waited(maps, key)
        assert maps.error(key) is None
        assert neighbours_agree(maps.result(key), labels) == 1


def test_a_waiting_map_can_be_cancelled():
    maps, gate = Maps(), threading.Event()
    vectors, _ = blobs(40)
    maps.request("first", lambda: gate.wait(30) and vectors)
    maps.request("second", lambda: vectors)
    deadline = time.monotonic() + 10
    while maps.waits("first") and time.monotonic() < deadline:
        time.sleep(0.01)
    assert maps.progress("second") == (0.0, 1)
    assert maps.waits("second") and not maps.waits("first")
    maps.cancel("second")
    assert maps.progress("second") is None
    gate.set()
    waited(maps, "first")
    assert maps.result("first") is not None and maps.result("second") is None


@pytest.mark.parametrize("seconds", [0.0, 1.5])
def test_the_running_map_can_be_cancelled_at_any_time_and_asked_for_again(seconds):
    maps, begun = Maps(), threading.Event()
    many = np.random.default_rng(0).normal(size=(4000, 10)).astype(np.float32)
    maps.request("key", lambda: begun.set() or time.sleep(0.2) or many)
    assert begun.wait(10)
    time.sleep(seconds)
    maps.cancel("key")
    waited(maps, "key", 10)
    assert maps.progress("key") is None and maps.result("key") is None and maps.error("key") is None
    maps.request("key", lambda: blobs(40)[0])
    waited(maps, "key")
    assert maps.result("key").shape == (40, 2)


def test_a_failure_reaches_the_page_and_can_be_tried_again():
    def fails():
        raise MemoryError("too many images")

    maps = Maps()
    maps.request("key", fails)
    waited(maps, "key")
    assert maps.error("key") == "The map could not be made: MemoryError: too many images."
    maps.request("key", lambda: blobs(40)[0])
    waited(maps, "key")
    assert maps.error("key") is None and maps.result("key").shape == (40, 2)
