"""The background queue of sweeps and its files."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cnnlab import models
from cnnlab.common.background import Queue
from cnnlab.evaluation import shifts, sweep_files
from cnnlab.evaluation.shifts import Sweep
from cnnlab.evaluation.sweeps import Sweeps
from cnnlab.evaluation.tsne_queue import Maps

KEY = ("digest", "mnist test", 20, "shift", 1, "zero")


@pytest.fixture
def found(mnist):
    part = mnist[1].part(0, 20)
    return shifts.sweep(models.build("simple-cnn"), part.images, part.labels, 1)


def wait(sweeps: Sweeps) -> None:
    """Until the worker has nothing left to do."""
    assert sweeps._queue.join(60)


def same(one: Sweep, other: Sweep) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("predicted", "labels", "clipped"))


def test_a_sweep_is_made_once_and_found_again_by_another_process(tmp_path, found):
    made = []

    def work(on_progress):
        made.append(1)
        on_progress(0.5)
        return found

    sweeps = Sweeps(Queue(), tmp_path)
    assert sweeps.result(KEY, Sweep) is None and sweeps.progress(KEY) is None
    sweeps.request(KEY, work)
    wait(sweeps)
    sweeps.request(KEY, work)
    assert sweeps.result(KEY, Sweep) is found and made == [1] and sweeps.error(KEY) is None
    again = Sweeps(Queue(), tmp_path).result(KEY, Sweep)
    assert same(again, found)
    assert Sweeps(Queue(), tmp_path).result((*KEY[:-1], "pad"), Sweep) is None
    assert Sweeps(Queue(), tmp_path).result(("another digest", *KEY[1:]), Sweep) is None


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"no archive at all" * 50])
def test_a_damaged_file_is_made_anew(tmp_path, found, damage):
    sweep_files.write(KEY, found, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    sweeps = Sweeps(Queue(), tmp_path)
    assert sweeps.result(KEY, Sweep) is None
    sweeps.request(KEY, lambda on_progress: found)
    wait(sweeps)
    assert same(Sweeps(Queue(), tmp_path).result(KEY, Sweep), found)
    assert [each.name for each in tmp_path.iterdir()] == [file.name], "no temporary file stays behind"


def test_progress_cancel_and_the_next_in_line(tmp_path, found):
    sweeps, running, go_on = Sweeps(Queue(), tmp_path), threading.Event(), threading.Event()

    def slow(on_progress):
        on_progress(0.25)
        running.set()
        assert go_on.wait(60)
        on_progress(0.5)
        return found

    sweeps.request(KEY, slow)
    assert running.wait(60)
    sweeps.request(("second",), lambda on_progress: found)
    sweeps.request(("third",), lambda on_progress: found)
    assert sweeps.progress(KEY) == (0.25, 0) and sweeps.progress(("third",)) == (0.0, 2)
    sweeps.cancel(KEY)
    sweeps.cancel(("third",))
    assert sweeps.progress(KEY) is None and sweeps.progress(("third",)) is None
    go_on.set()
    wait(sweeps)
    assert sweeps.result(KEY, Sweep) is None and sweeps.result(("third",), Sweep) is None
    assert sweeps.result(("second",), Sweep) is found


def test_what_goes_wrong_is_a_sentence_and_can_be_tried_again(tmp_path, found):
    def fail(on_progress):
        raise MemoryError("no room")

    sweeps = Sweeps(Queue(), tmp_path)
    sweeps.request(KEY, fail)
    wait(sweeps)
    assert sweeps.error(KEY) == "The sweep could not be made: MemoryError: no room."
    sweeps.request(KEY, lambda on_progress: found)
    wait(sweeps)
    assert sweeps.error(KEY) is None and sweeps.result(KEY, Sweep) is found


def test_a_full_disk_loses_the_file_but_not_the_result(tmp_path, found):
    (tmp_path / "taken").write_text("a file where the folder should be")
    sweeps = Sweeps(Queue(), tmp_path / "taken")
    sweeps.request(KEY, lambda on_progress: found)
    wait(sweeps)
    assert "could not be kept on disk" in sweeps.error(KEY) and sweeps.result(KEY, Sweep) is found


def test_sweeps_and_maps_take_turns_on_one_queue_and_may_have_the_same_key(tmp_path, found):
    queue, running, go_on = Queue(), threading.Event(), threading.Event()
    sweeps, maps = Sweeps(queue, tmp_path), Maps(queue)
    vectors = np.random.default_rng(0).normal(size=(12, 3)).astype(np.float32)
    sweeps.request(KEY, lambda on_progress: running.set() or go_on.wait(60) and found)
    assert running.wait(60)
    maps.request_map(KEY, lambda: vectors)
    assert sweeps.progress(KEY) == (0.0, 0) and maps.progress(KEY) == (0.0, 1)
    go_on.set()
    assert queue.join(60)
    assert sweeps.result(KEY, Sweep) is found and maps.result(KEY).shape == (12, 2)
