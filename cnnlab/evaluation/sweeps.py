"""Sweeps worked out one after the other in the background, for all tabs, and kept on disk."""

from __future__ import annotations

from pathlib import Path

from cnnlab.common.background import Background
from cnnlab.evaluation import sweep_files

KEPT = 32  # finished sweeps in memory; 10,000 images at 289 offsets are 3 MB
Key = tuple  # of the checkpoint's digest and every setting, all with a stable repr


class Sweeps(Background):
    """The queue of sweeps; the work for one returns a dataclass of arrays."""

    def __init__(self, root: Path | None = None):
        super().__init__("sweep", KEPT)
        self._root = root

    def result(self, key: Key, kind: type) -> object | None:
        """The finished sweep, a `kind`, from memory or from disk; None while there is none."""
        found = super().result(key)
        if found is None and (found := sweep_files.read(key, kind, self._root)) is not None:
            self._keep(key, found)
        return found

    def _finish(self, key: Key, result: object) -> None:
        self._keep(key, result)
        try:
            sweep_files.write(key, result, self._root)
        except OSError as failure:
            self._fail(key, f"The result could not be kept on disk ({failure.strerror or failure}).")
