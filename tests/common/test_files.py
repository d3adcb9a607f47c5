"""What killed processes leave half-written is swept, what living ones write is not; locks hold between processes."""

from __future__ import annotations

from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np

from cnnlab.common.files import locked, passing_folder, replacing, sweep
from cnnlab.data.drawing import classroom_set
from cnnlab.runs import folders
from cnnlab.runs.ownership import MARK, Owner, in_training
from tests.support.processes import ended, started


def killed(work: Callable[[Connection, Path], None], folder: Path) -> None:
    """Carry out `work` in a process that is killed when it says something."""
    process, pipe = started(work, folder)
    pipe.recv()
    process.kill()
    assert ended(process) != 0


def write_for_ever(pipe: Connection, folder: Path) -> None:
    with replacing(folder / "one"), passing_folder(folder, "import") as inner:
        (inner / "x").write_text("x")
        pipe.send("written")
        pipe.recv()  # nothing comes


def own_for_ever(pipe: Connection, folder: Path) -> None:
    owner = Owner(folder)
    pipe.send("owned")
    pipe.recv()  # nothing comes
    owner.release()


def make_folders(pipe: Connection, folder: Path) -> None:
    pipe.send("ready")
    pipe.recv()
    for _ in range(40):
        folders.new(folder, "run")


def add_drawings(pipe: Connection, file: Path) -> None:
    pipe.send("ready")
    pipe.recv()
    for n in range(15):
        classroom_set.add(np.full((28, 28), n, np.uint8), n % 10, path=file)


def at_once(work: Callable[[Connection, Path], None], place: Path, count: int) -> None:
    """Carry out `work` in so many processes that begin at the same moment; none may fail."""
    several = [started(work, place) for _ in range(count)]
    for _, pipe in several:
        pipe.recv()
    for _, pipe in several:
        pipe.send("go")
    assert [ended(process) for process, _ in several] == [0] * count


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_stays(tmp_path):
    killed(write_for_ever, tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    (tmp_path / ".hidden").write_text("somebody else's")
    with replacing(tmp_path / "two") as file, passing_folder(tmp_path, "import"):
        file.write(b"whole")
        assert sweep(tmp_path) == 2
        assert len(list(tmp_path.iterdir())) == 3
    assert sorted(each.name for each in tmp_path.iterdir()) == [".hidden", "two"]
    assert sweep(tmp_path / "nowhere") == 0


def test_a_run_whose_process_was_killed_is_free_again(tmp_path):
    (tmp_path / "run").mkdir()
    killed(own_for_ever, tmp_path / "run")
    assert (tmp_path / "run" / MARK).exists() and not in_training(tmp_path / "run")
    folders.sweep(tmp_path)
    assert list((tmp_path / "run").iterdir()) == []


def test_starts_at_the_same_moment_get_numbers_of_their_own(tmp_path):
    at_once(make_folders, tmp_path, 3)
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["run", *(f"run-{n}" for n in range(2, 121))])


def test_drawings_that_two_processes_add_are_all_kept(tmp_path):
    file = tmp_path / "drawings.npz"
    at_once(add_drawings, file, 2)
    kept = classroom_set.read(file)
    assert len(kept) == 30 and np.bincount(kept.images[:, 0, 0]).tolist() == [2] * 15


def test_a_lock_is_given_back_when_the_block_raises(tmp_path):
    for _ in range(2):
        try:
            with locked(tmp_path / "file"):
                raise KeyError
        except KeyError:
            pass
