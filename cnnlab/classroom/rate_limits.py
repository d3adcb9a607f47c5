"""How often somebody may ask: a bucket of permits that fills again."""

from __future__ import annotations

import time
from collections.abc import Callable, Hashable

from cachetools import LRUCache

MOST_NAMES = 10_000  # that are remembered; whoever is forgotten begins with a full bucket


class RateLimit:
    """`burst` requests at once, and `a_second` on the long run, for each name; for the thread of the server alone."""

    def __init__(self, a_second: float, burst: int, now: Callable[[], float] = time.monotonic):
        self._a_second, self._burst, self._now = a_second, burst, now
        self._left: LRUCache[Hashable, tuple[float, float]] = LRUCache(MOST_NAMES)  # permits, and when

    def take(self, name: Hashable) -> bool:
        """Whether `name` may ask now; it has asked then."""
        now = self._now()
        left, since = self._left.get(name, (float(self._burst), now))
        left = min(float(self._burst), left + (now - since) * self._a_second)
        self._left[name] = max(left - 1, 0.0) if left >= 1 else left, now
        return left >= 1
