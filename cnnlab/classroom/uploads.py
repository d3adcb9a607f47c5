"""How much may be sent to the server: what is uploaded stays in memory until its tab is gone, wanted or not."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

MOST_BYTES = 500_000_000  # by all tabs together, within
SECONDS = 120.0


class UploadBudget:
    """Counts what is uploaded; for the thread of the server alone."""

    def __init__(self, most: int = MOST_BYTES, seconds: float = SECONDS, clock: Callable[[], float] = time.monotonic):
        self._most, self._seconds, self._clock = most, seconds, clock
        self._taken: deque[tuple[float, int]] = deque()

    def take(self, size: int) -> bool:
        """Whether so many bytes more may come; they count from now on if so."""
        now = self._clock()
        while self._taken and now - self._taken[0][0] > self._seconds:
            self._taken.popleft()
        if size + sum(each for _, each in self._taken) > self._most:
            return False
        self._taken.append((now, size))
        return True
