"""t-SNE maps worked out one after the other in the background, for all tabs."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import numpy as np

from cnnlab.common.background import Background
from cnnlab.evaluation.tsne import Embedding

KEPT = 64  # finished maps; 10,000 points are 80 KB


class Maps(Background):
    """The queue of maps; a finished one is float32 [N, 2]."""

    def __init__(self):
        super().__init__("map", KEPT)
        self._embedding: Embedding | None = None

    def request(self, key: Hashable, vectors: Callable[[], np.ndarray]) -> None:
        """See to it that the map `key` is made; vectors() gives its float [N, D] when its turn comes."""
        super().request(key, lambda tell: self._embed(vectors(), tell))

    def _embed(self, vectors: np.ndarray, tell: Callable[[float], None]) -> np.ndarray:
        tell(0.0)  # it may have been cancelled while its vectors were worked out
        embedding = Embedding(vectors)
        with self._lock:
            self._embedding = embedding
            if self._stop:
                self._halt()
        try:
            return embedding.wait(tell)
        finally:
            with self._lock:
                self._embedding = None

    def _halt(self) -> None:
        if self._embedding:
            self._embedding.stop()
