"""The file in which Optuna keeps a study: a JSON object a line, appended by whatever process works on it.

Optuna's own writer of such files holds a lock that outlives a killed process by half a minute, and what follows half
a line, which such a process left, could not be read any more. The format is the same: Optuna's tools read it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock
from optuna.storages.journal import BaseJournalBackend


class JournalFile(BaseJournalBackend):
    """Backend of Optuna's JournalStorage. lock: taken by whoever changes the file; goes with its process."""

    def __init__(self, path: Path):
        self.path = path
        self.lock = FileLock(path.with_name(f".{path.name}.lock"))
        self._starts = [0]  # where each line begins that was read, and where the next one will
        path.touch()

    def read_logs(self, log_number_from: int) -> Iterator[dict[str, Any]]:
        """Yield the objects of the lines from that number on. Raises OSError, ValueError where one is none."""
        number = min(log_number_from, len(self._starts) - 1)
        with self.path.open("rb") as file:
            file.seek(self._starts[number])
            for line in file:
                if not line.endswith(b"\n"):  # is being written, or never will be
                    return
                number += 1
                if number == len(self._starts):
                    self._starts.append(self._starts[-1] + len(line))
                if number > log_number_from:
                    yield json.loads(line)

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Add a line for each object; they are on the disk when it returns. Raises OSError."""
        lines = "".join(json.dumps(each, separators=(",", ":")) + "\n" for each in logs)
        with self.lock, self.path.open("r+b") as file:
            file.seek(_whole(file.read()))
            file.truncate()
            file.write(lines.encode())
            file.flush()
            os.fsync(file.fileno())


def _whole(content: bytes) -> int:
    """How many bytes of it are whole lines."""
    return content.rfind(b"\n") + 1
