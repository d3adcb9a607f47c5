"""The background queue of sweeps and its files."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from cnnlab import models
from cnnlab.common import background, paths
from cnnlab.common.background import Queue
from cnnlab.evaluation import shifts, sweep_files
from cnnlab.evaluation.evaluation_set import evaluation_sets, spread
from cnnlab.evaluation.shifts import Sweep
from cnnlab.evaluation.sweeps import Sweeps
from cnnlab.evaluation.tsne_queue import Maps
from cnnlab.runs import store

pytestmark = pytest.mark.slow

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


def test_the_shipped_runs_need_not_be_measured(tmp_path, mnist):
    """The Shift page's first comparison took five minutes. One of its offsets is worked out anew here, by torch."""
    images = evaluation_sets("mnist", "holdout", *mnist)[0]
    for name in ("a0-simple-cnn", "shift-augmented", "gap", "polyphase", "blurpool"):
        network = store.load(*store.find_run(name, paths.LAB / "checkpoints"))
        key = shifts.sweep_key(network.digest, images.key, 2_000, 8, shifts.ZERO)
        sweep = Sweeps(Queue(), tmp_path).result(key, Sweep)
        assert sweep is not None, f"python -m cnnlab shift {name} --keep data/sweeps"
        chosen = spread(len(images), 2_000)
        moved = torch.zeros_like(images.data.images[chosen])
        moved[:, :, :-3, 2:] = images.data.images[chosen][:, :, 3:, :-2]  # two to the right, three up
        with torch.no_grad():
            answers = network.model(moved / 255).argmax(1).numpy()
        assert (sweep.predicted[8 - 3, 8 + 2] == answers).mean() > 0.999
        assert np.array_equal(sweep.labels, images.data.labels[chosen].numpy())


def test_the_map_fills_from_the_middle_and_ends_as_the_accuracy(mnist):
    part, maps = mnist[1].part(0, 20), []
    found = shifts.sweep(
        models.build("simple-cnn"), part.images, part.labels, 2, on_map=lambda accuracy: maps.append(accuracy.copy())
    )
    assert [int(np.isfinite(each).sum()) for each in maps] == list(range(1, 26))
    assert np.isfinite(maps[8]).nonzero()[0].tolist() == [1, 1, 1, 2, 2, 2, 3, 3, 3], "the nine next to the middle"
    assert np.array_equal(maps[-1], found.accuracy)


def test_the_time_left_follows_from_the_pace_so_far(monkeypatch):
    now, begun, go_on = [100.0], threading.Event(), threading.Event()
    monkeypatch.setattr(background.time, "monotonic", lambda: now[0])
    queue = Queue()

    def work(on_progress):
        now[0] = 110.0
        on_progress(0.25)
        begun.set()
        go_on.wait(30)

    queue.request("key", "sweep", work, lambda result: None)
    assert begun.wait(30) and queue.seconds_left("key") == pytest.approx(30)
    assert queue.seconds_left("another") is None
    go_on.set()
    assert queue.join(30) and queue.seconds_left("key") is None
