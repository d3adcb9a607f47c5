"""t-SNE maps worked out one after the other in the background, for all tabs."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from cnnlab.common.background import OnProgress, Queue, Results
from cnnlab.evaluation import tsne

KEPT = 64  # finished maps; 10,000 points are 80 KB


class Maps(Results):
    """The maps on a queue; a finished one is float32 [N, 2]."""

    def __init__(self, queue: Queue):
        super().__init__(queue, "map", KEPT)

    def request_map(self, key: Hashable, vectors: Callable[[], np.ndarray]) -> None:
        """Queue the map `key` unless it exists; vectors() gives its float [N, D] when its turn comes."""
        self.request(key, lambda on_progress: _embed(vectors(), on_progress))

    def result(self, key: Hashable) -> np.ndarray | None:
        """The finished map; None while it is not done."""
        found = self.get(key)
        return found if isinstance(found, np.ndarray) else None


def _embed(vectors: np.ndarray, on_progress: OnProgress) -> np.ndarray:
    on_progress(0.0)  # it may have been cancelled while its vectors were worked out
    return tsne.embed(vectors, on_progress)
