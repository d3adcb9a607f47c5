"""What killed processes leave half-written is swept, what living ones write is not; locks hold between processes."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from cnnlab.common.files import locked, passing_folder, replacing, sweep
from cnnlab.data.drawing import classroom_set
from cnnlab.runs import folders
from cnnlab.runs.ownership import MARK, in_training

ROOT = Path(__file__).parents[2]


def killed(code: str, *arguments: Path) -> None:
    """Run `code` in a process that kills itself when it prints."""
    process = subprocess.Popen([sys.executable, "-c", code, *map(str, arguments)], cwd=ROOT, stdout=subprocess.PIPE)
    process.stdout.readline()
    process.kill()
    process.wait()
    process.stdout.close()


def test_what_a_killed_process_left_is_swept_and_what_is_being_written_stays(tmp_path):
    killed(
        "import sys, time; from pathlib import Path; from cnnlab.common.files import *\n"
        "folder = Path(sys.argv[1])\n"
        "with replacing(folder / 'one') as file, passing_folder(folder, 'import') as inner:\n"
        "    (inner / 'x').write_text('x'); print(flush=True); time.sleep(60)\n",
        tmp_path,
    )
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
    killed(
        "import sys, time; from pathlib import Path; from cnnlab.runs.ownership import Owner\n"
        "owner = Owner(Path(sys.argv[1])); print(flush=True); time.sleep(60)\n",
        tmp_path / "run",
    )
    assert (tmp_path / "run" / MARK).exists() and not in_training(tmp_path / "run")
    folders.sweep(tmp_path)
    assert list((tmp_path / "run").iterdir()) == []


def test_starts_at_the_same_moment_get_numbers_of_their_own(tmp_path):
    code = (
        "import sys; from pathlib import Path; from cnnlab.runs import folders\n"
        "sys.stdin.readline()\n"
        "for _ in range(40): folders.new(Path(sys.argv[1]), 'run')\n"
    )
    several = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=ROOT, stdin=subprocess.PIPE) for _ in range(3)
    ]
    time.sleep(1.0)
    for each in several:
        each.stdin.write(b"\n")
        each.stdin.close()
    assert [each.wait() for each in several] == [0, 0, 0]
    assert sorted(each.name for each in tmp_path.iterdir()) == sorted(["run", *(f"run-{n}" for n in range(2, 121))])


def test_drawings_that_two_processes_add_are_all_kept(tmp_path):
    code = (
        "import sys; from pathlib import Path; import numpy as np; from cnnlab.data.drawing import classroom_set\n"
        "for n in range(15): classroom_set.add(np.full((28, 28), n, np.uint8), n % 10, path=Path(sys.argv[1]))\n"
    )
    file = tmp_path / "drawings.npz"
    several = [subprocess.Popen([sys.executable, "-c", code, str(file)], cwd=ROOT) for _ in range(2)]
    assert [each.wait() for each in several] == [0, 0]
    kept = classroom_set.read(file)
    assert len(kept) == 30 and np.bincount(kept.images[:, 0, 0]).tolist() == [2] * 15


def test_a_lock_is_given_back_when_the_block_raises(tmp_path):
    for _ in range(2):
        try:
            with locked(tmp_path / "file"):
                raise KeyError
        except KeyError:
            pass
