"""Which run is in training: its folder carries a lock of the process that trains it, which goes with that process."""

from __future__ import annotations

import contextlib
from pathlib import Path

from filelock import FileLock, Timeout

from cnnlab.errors import CnnlabError
from cnnlab.runs.progress_log import grows_on_another_machine

MARK = ".training"
PATIENCE = 1.0  # seconds: another process that only asks holds the lock for a moment


class Owner:
    """Holds the mark of one run's folder until release()."""

    def __init__(self, folder: Path):
        """Raises CnnlabError while another process, or another training of this one, has it."""
        self._file = folder / MARK
        self._lock = _lock(self._file)
        try:
            self._lock.acquire(timeout=PATIENCE)
        except Timeout as error:
            raise CnnlabError(f"{folder.name} is in training elsewhere: stop it there first.") from error
        except OSError as error:
            raise CnnlabError(
                f"{self._file} could not be made ({error.strerror or error}): make the folder writable."
            ) from error

    def release(self) -> None:
        """Give the run free."""
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)
        self._lock.release()


def in_training(folder: Path) -> bool:
    """Whether some process trains the run in `folder`, on whatever machine."""
    file = folder / MARK
    if not file.exists():
        return False
    try:
        with _lock(file).acquire(blocking=False):
            return grows_on_another_machine(folder)
    except Timeout:
        return True
    except OSError:  # a folder that cannot be written from here
        return grows_on_another_machine(folder)


def refuse_training(folder: Path, what: str) -> None:
    """Raise CnnlabError if the run in `folder` is in training, by whomever."""
    if in_training(folder):
        raise CnnlabError(f"{folder.name} is still training: stop it before it is {what}.")


def _lock(file: Path) -> FileLock:
    return FileLock(file, thread_local=False)  # begun by a page's thread, ended by the one that trains
