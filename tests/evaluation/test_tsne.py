"""t-SNE, and the queue of maps."""

from __future__ import annotations

import threading
import time
from contextlib import suppress

import numpy as np
import pytest
import sklearn.manifold
from sklearn.manifold import trustworthiness

from cnnlab.common.background import Queue
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import tsne
from cnnlab.evaluation.projections import neighbours_agree
from cnnlab.evaluation.tsne import embed
from cnnlab.evaluation.tsne_queue import Maps


def blobs(images: int = 90) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds far apart in ten dimensions."""
    generator, labels = np.random.default_rng(0), np.arange(images) % 3
    return (generator.normal(size=(images, 10)) + 12 * np.eye(10)[labels]).astype(np.float32), labels


def waited(maps: Maps, key, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while maps.progress(key) is not None and time.monotonic() < deadline:
        time.sleep(0.02)


class Enough(Exception):  # noqa: N818  (nothing went wrong)
    """Raised by a reader of progress who wants no more."""


def test_clouds_stay_apart_and_progress_is_told():
    vectors, labels = blobs()
    told: list[float] = []
    points = embed(vectors, told.append)
    assert points.shape == (90, 2) and points.dtype == np.float32
    assert neighbours_agree(points, labels) == 1
    assert told == sorted(set(told)) and len(told) >= 5 and 0 < told[0] < 0.1 and told[-1] == 1


GRID = pytest.param("grid", marks=pytest.mark.slow)  # its threads take their time however few the points


@pytest.fixture(params=["tree", GRID])
def method(request, monkeypatch):
    """Barnes-Hut, which few points use, or the interpolation grid, which many use."""
    monkeypatch.setattr(tsne, "MANY", 0 if request.param == "grid" else 10**9)


@pytest.fixture
def brief(monkeypatch):
    """A third of the iterations: enough to tell whether two maps differ, or one is not finite."""
    monkeypatch.setattr(tsne, "EXAGGERATED", 100)
    monkeypatch.setattr(tsne, "FINAL", 150)


@pytest.mark.usefixtures("method", "brief")
@pytest.mark.parametrize(
    ("method", "images"),
    [
        ("tree", 4),
        ("tree", 10),
        pytest.param("tree", 1000, marks=pytest.mark.slow),
        pytest.param("grid", 300, marks=pytest.mark.slow),
    ],
    indirect=["method"],
)
def test_a_map_is_the_same_at_every_call(images):
    vectors, _ = blobs(images)
    first = embed(vectors, lambda fraction: None)
    assert first.shape == (images, 2) and np.isfinite(first).all()
    assert len(np.unique(first, axis=0)) == images
    np.testing.assert_array_equal(first, embed(vectors, lambda fraction: None))


@pytest.mark.slow
@pytest.mark.usefixtures("method")
def test_a_map_keeps_neighbours_as_well_as_scikit_learns():
    vectors, _ = blobs(300)
    other = sklearn.manifold.TSNE(init="pca", perplexity=30, random_state=0, max_iter=750)
    ours, theirs = embed(vectors, lambda fraction: None), other.fit_transform(vectors)
    assert trustworthiness(vectors, ours, n_neighbors=12) >= trustworthiness(vectors, theirs, n_neighbors=12) - 0.02


def test_an_embedding_ends_with_the_first_exception_of_its_reader():
    told: list[float] = []

    def enough(fraction: float) -> None:
        told.append(fraction)
        raise Enough

    with pytest.raises(Enough):
        embed(blobs(3000)[0], enough)
    assert len(told) == 1


@pytest.mark.parametrize("images", [4, 3000])
@pytest.mark.parametrize("value", [0.0, 0.1])
def test_equal_images_are_a_sentence(images, value):
    with pytest.raises(CnnlabError, match="same values at this layer"):
        embed(np.full((images, 3), value, np.float32), lambda fraction: None)


@pytest.mark.usefixtures("method", "brief")
def test_two_kinds_of_equal_images_and_one_outlier_have_a_map():
    two = np.repeat(blobs(2)[0], 20, axis=0)
    outlier = np.zeros((40, 3), np.float32)
    outlier[-1] = 1e6
    for vectors in (two, outlier):
        assert np.isfinite(embed(vectors, lambda fraction: None)).all()


@pytest.mark.slow
def test_other_threads_go_on_while_a_map_is_made():
    """Pages are answered meanwhile: the embedding computes without Python's lock."""
    pauses: list[float] = []

    def enough(fraction: float) -> None:
        if len(pauses) >= 200:
            raise Enough

    ended = threading.Event()

    def work() -> None:
        with suppress(Enough):
            embed(blobs(6000)[0], enough)
        ended.set()

    threading.Thread(target=work, daemon=True).start()
    while not ended.is_set():
        before = time.perf_counter()
        time.sleep(0.002)
        pauses.append(time.perf_counter() - before)
    assert len(pauses) >= 200 and np.median(pauses) < 0.05 and max(pauses) < 2


def test_maps_are_made_one_after_the_other():
    maps, (vectors, labels) = Maps(Queue()), blobs(40)
    for key in ("first", "second"):
        maps.request_map(key, lambda: vectors)
    maps.request_map("first", lambda: pytest.fail("asked for twice"))
    assert maps.progress("unknown") is None
    for key in ("first", "second"):
        waited(maps, key)
        assert maps.error(key) is None
        assert neighbours_agree(maps.result(key), labels) == 1


def test_a_waiting_map_can_be_cancelled():
    maps, gate = Maps(Queue()), threading.Event()
    vectors, _ = blobs(40)
    maps.request_map("first", lambda: gate.wait(30) and vectors)
    maps.request_map("second", lambda: vectors)
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


@pytest.mark.parametrize("seconds", [0.0, pytest.param(1.5, marks=pytest.mark.slow)])
def test_the_running_map_can_be_cancelled_at_any_time_and_asked_for_again(seconds):
    maps, begun = Maps(Queue()), threading.Event()
    many = np.random.default_rng(0).normal(size=(4000, 10)).astype(np.float32)
    maps.request_map("key", lambda: begun.set() or time.sleep(0.2) or many)
    assert begun.wait(10)
    time.sleep(seconds)
    maps.cancel("key")
    waited(maps, "key", 10)
    assert maps.progress("key") is None and maps.result("key") is None and maps.error("key") is None
    maps.request_map("key", lambda: blobs(40)[0])
    waited(maps, "key")
    assert maps.result("key").shape == (40, 2)


def test_a_failure_reaches_the_page_and_can_be_tried_again():
    def fails():
        raise MemoryError("too many images")

    maps = Maps(Queue())
    maps.request_map("key", fails)
    waited(maps, "key")
    assert maps.error("key") == "The map could not be made: MemoryError: too many images."
    maps.request_map("key", lambda: blobs(40)[0])
    waited(maps, "key")
    assert maps.error("key") is None and maps.result("key").shape == (40, 2)
