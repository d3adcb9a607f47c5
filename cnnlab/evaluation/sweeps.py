"""Sweeps worked out one after the other in the background, for all tabs, and kept on disk."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import TypeVar

import numpy as np

from cnnlab.common.background import Queue, Results
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import sweep_files

KEPT = 32  # finished sweeps in memory; 10,000 images at 289 offsets are 3 MB
Kind = TypeVar("Kind")


class Sweeps(Results):
    """The sweeps on a queue; the work for one returns a dataclass of arrays.

    A key is a tuple of the checkpoint's digest and every setting, all with a stable repr.
    """

    def __init__(self, queue: Queue, root: Path | None = None):
        super().__init__(queue, "sweep", KEPT)
        self._root = root
        self._unfinished: dict[Hashable, np.ndarray] = {}

    def note(self, key: Hashable, so_far: np.ndarray) -> None:
        """Remember a copy of what a sweep under way has found so far, and of that one alone."""
        self._unfinished = {key: so_far.copy()}

    def so_far(self, key: Hashable) -> np.ndarray | None:
        """What was noted last, if it was of this sweep."""
        return self._unfinished.get(key)

    def result(self, key: Hashable, kind: type[Kind]) -> Kind | None:
        """The finished sweep, a `kind`, from memory or from disk; None while there is none."""
        if isinstance(held := self.get(key), kind):
            return held
        if (found := sweep_files.read(key, kind, self._root)) is not None:
            super().put(key, found)
        return found

    def put(self, key: Hashable, result: object) -> None:
        """Keep a result in memory and on disk. Raises CnnlabError when the disk refuses."""
        super().put(key, result)
        try:
            sweep_files.write(key, result, self._root)
        except OSError as failure:
            raise CnnlabError(f"The result could not be kept on disk ({failure.strerror or failure}).") from failure
