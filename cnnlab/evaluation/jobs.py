"""t-SNE maps worked out one after the other in the background, for all tabs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

import numpy as np

from cnnlab.errors import CnnlabError
from cnnlab.evaluation.tsne import Embedding

KEPT = 64  # finished maps; 10,000 points are 80 KB


class Maps:
    """A queue with one worker. Any thread may call any method; a key names a map."""

    def __init__(self):
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, Callable[[], np.ndarray]] = OrderedDict()
        self._running: Hashable | None = None
        self._progress = 0.0
        self._embedding: Embedding | None = None
        self._cancelled = False  # the running one
        self._done: OrderedDict[Hashable, np.ndarray] = OrderedDict()
        self._errors: dict[Hashable, str] = {}
        self._worker: threading.Thread | None = None

    def request(self, key: Hashable, vectors: Callable[[], np.ndarray]) -> None:
        """See to it that the map `key` is made; vectors() gives its float [N, D] when its turn comes."""
        with self._lock:
            if key in self._done or key in self._waiting or key == self._running:
                return
            self._errors.pop(key, None)
            self._waiting[key] = vectors
            if not (self._worker and self._worker.is_alive()):
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()

    def cancel(self, key: Hashable) -> None:
        """Make the map `key` no longer."""
        with self._lock:
            self._waiting.pop(key, None)
            if key == self._running:
                self._cancelled = True
                if self._embedding:
                    self._embedding.stop()

    def result(self, key: Hashable) -> np.ndarray | None:
        """The finished map, float32 [N, 2]."""
        with self._lock:
            return self._done.get(key)

    def error(self, key: Hashable) -> str | None:
        """Why the map could not be made."""
        with self._lock:
            return self._errors.get(key)

    def waits(self, key: Hashable) -> bool:
        """Whether the map `key` is wanted but not begun."""
        with self._lock:
            return key in self._waiting

    def progress(self, key: Hashable) -> tuple[float, int] | None:
        """(share done 0..1, maps that come before it) while it is wanted; None when it is not."""
        with self._lock:
            if key == self._running:
                return self._progress, 0
            if key in self._waiting:
                return 0.0, list(self._waiting).index(key) + (self._running is not None)
            return None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = None
                    return
                self._running, vectors = self._waiting.popitem(last=False)
                self._progress, self._cancelled = 0.0, False
            self._make(self._running, vectors)

    def _make(self, key: Hashable, vectors: Callable[[], np.ndarray]) -> None:
        points, error = None, None
        try:
            points = self._embed(vectors())
        except CnnlabError as failure:
            error = str(failure)
        except Exception as failure:  # whatever it is, it must reach the page instead of dying with the thread
            error = f"The map could not be made: {type(failure).__name__}: {failure}."
        with self._lock:
            self._running = self._embedding = None
            if self._cancelled:
                return
            if error:
                self._errors[key] = error
            else:
                self._done[key] = points
                while len(self._done) > KEPT:
                    self._done.popitem(last=False)

    def _embed(self, vectors: np.ndarray) -> np.ndarray | None:
        embedding = Embedding(vectors)
        with self._lock:
            self._embedding = embedding
            if self._cancelled:  # while its vectors were being worked out
                embedding.stop()
        return embedding.wait(self._tell)

    def _tell(self, progress: float) -> None:
        with self._lock:
            self._progress = progress
