"""t-SNE maps worked out one after the other in the background, for all tabs."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from cnnlab.common.background import Background
from cnnlab.evaluation import tsne

KEPT = 64  # finished maps; 10,000 points are 80 KB


class Maps(Background):
    """The queue of maps; a finished one is float32 [N, 2]."""

    def __init__(self):
        super().__init__("map", KEPT)

    def request(self, key: Hashable, vectors: Callable[[], np.ndarray]) -> None:
        """Queue the map `key` unless it exists; vectors() gives its float [N, D] when its turn comes."""
        super().request(key, lambda on_progress: _embed(vectors(), on_progress))


def _embed(vectors: np.ndarray, on_progress: Callable[[float], None]) -> np.ndarray:
    on_progress(0.0)  # it may have been cancelled while its vectors were worked out
    return tsne.embed(vectors, on_progress)
