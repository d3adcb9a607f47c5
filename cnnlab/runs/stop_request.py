"""Asking the process that trains a run to stop: a file in the run's folder, which it sees between two steps."""

from __future__ import annotations

import contextlib
import time
from pathlib import Path

from cnnlab.errors import CnnlabError

NAME = ".stop"
LOOK_SECONDS = 0.2


def ask(folder: Path) -> None:
    """Ask for the end of the run in `folder`. Raises CnnlabError where nothing can be written there."""
    try:
        (folder / NAME).touch()
    except OSError as error:
        raise CnnlabError(
            f"{folder.name} could not be asked to stop ({error.strerror or error}): make {folder} writable, or end its "
            "process where it runs."
        ) from error


def is_asked(folder: Path) -> bool:
    """Whether somebody has asked."""
    return (folder / NAME).exists()


def withdraw(folder: Path) -> None:
    """Remove what was asked."""
    with contextlib.suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


class StopRequest:
    """Looks for the request in one folder, at most every LOOK_SECONDS."""

    def __init__(self, folder: Path):
        """What was asked of an earlier part of the run does not count."""
        withdraw(folder)
        self._folder = folder
        self._next = 0.0
        self._seen = False

    def asked(self) -> bool:
        """Whether the run is to stop; once that is so, it stays so."""
        now = time.monotonic()
        if not self._seen and now >= self._next:
            self._next = now + LOOK_SECONDS
            self._seen = is_asked(self._folder)
        return self._seen
