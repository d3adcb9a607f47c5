"""The background queue of sweeps and its files."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from cnnlab import models
from cnnlab.evaluation import shifts, sweep_files
from cnnlab.evaluation.shifts import Sweep
from cnnlab.evaluation.sweeps import Sweeps

KEY = ("digest", "mnist test", 20, "shift", 1, "zero")


@pytest.fixture
def found(mnist):
    part = mnist[1].part(0, 20)
    return shifts.sweep(models.build("simple-cnn"), part.images, part.labels, 1)


def wait(sweeps: Sweeps) -> None:
    """Until the worker has nothing left to do."""
    worker = sweeps._worker
    if worker:
        worker.join(60)
        assert not worker.is_alive()


def same(one: Sweep, other: Sweep) -> bool:
    return all(np.array_equal(getattr(one, name), getattr(other, name)) for name in ("predicted", "labels", "clipped"))


def test_a_sweep_is_made_once_and_found_again_by_another_process(tmp_path, found):
    made = []

    def work(tell):
        made.append(1)
        tell(0.5)
        return found

    sweeps = Sweeps(tmp_path)
    assert sweeps.result(KEY, Sweep) is None and sweeps.progress(KEY) is None
    sweeps.request(KEY, work)
    wait(sweeps)
    sweeps.request(KEY, work)
    assert sweeps.result(KEY, Sweep) is found and made == [1] and sweeps.error(KEY) is None
    again = Sweeps(tmp_path).result(KEY, Sweep)
    assert same(again, found)
    assert Sweeps(tmp_path).result((*KEY[:-1], "pad"), Sweep) is None
    assert Sweeps(tmp_path).result(("another digest", *KEY[1:]), Sweep) is None


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b"no archive at all" * 50])
def test_a_damaged_file_is_made_anew(tmp_path, found, damage):
    sweep_files.write(KEY, found, tmp_path)
    (file,) = tmp_path.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    sweeps = Sweeps(tmp_path)
    assert sweeps.result(KEY, Sweep) is None
    sweeps.request(KEY, lambda tell: found)
    wait(sweeps)
    assert same(Sweeps(tmp_path).result(KEY, Sweep), found)
    assert [each.name for each in tmp_path.iterdir()] == [file.name], "no temporary file stays behind"


def test_progress_cancel_and_the_next_in_line(tmp_path, found):
    sweeps, running, go_on = Sweeps(tmp_path), threading.Event(), threading.Event()

    def slow(tell):
        tell(0.25)
        running.set()
        assert go_on.wait(60)
        tell(0.5)
        return found

    sweeps.request(KEY, slow)
    assert running.wait(60)
    sweeps.request(("second",), lambda tell: found)
    sweeps.request(("third",), lambda tell: found)
    assert sweeps.progress(KEY) == (0.25, 0) and sweeps.progress(("third",)) == (0.0, 2)
    sweeps.cancel(KEY)
    sweeps.cancel(("third",))
    assert sweeps.progress(KEY) is None and sweeps.progress(("third",)) is None
    go_on.set()
    wait(sweeps)
    assert sweeps.result(KEY, Sweep) is None and sweeps.result(("third",), Sweep) is None
    assert sweeps.result(("second",), Sweep) is found


def test_what_goes_wrong_is_a_sentence_and_can_be_tried_again(tmp_path, found):
    def fail(tell):
        raise MemoryError("no room")

    sweeps = Sweeps(tmp_path)
    sweeps.request(KEY, fail)
    wait(sweeps)
    assert sweeps.error(KEY) == "The sweep could not be made: MemoryError: no room."
    sweeps.request(KEY, lambda tell: found)
    wait(sweeps)
    assert sweeps.error(KEY) is None and sweeps.result(KEY, Sweep) is found


def test_a_full_disk_loses_the_file_but_not_the_result(tmp_path, found):
    (tmp_path / "taken").write_text("a file where the folder should be")
    sweeps = Sweeps(tmp_path / "taken")
    sweeps.request(KEY, lambda tell: found)
    wait(sweeps)
    assert "could not be kept on disk" in sweeps.error(KEY) and sweeps.result(KEY, Sweep) is found
