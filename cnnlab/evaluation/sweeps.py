"""Sweeps worked out one after the other in the background, for all tabs, and kept on disk."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from cnnlab.errors import CnnlabError
from cnnlab.evaluation import sweep_files
from cnnlab.evaluation.shift import Stopped

KEPT = 32  # finished sweeps in memory; 10,000 images at 289 offsets are 3 MB
Key = tuple  # of the checkpoint's digest and every setting, all with a stable repr
Work = Callable[[Callable[[float], None]], object]  # given tell(share done), returns a dataclass of arrays


class _Job(NamedTuple):
    key: Key
    work: Work


class Sweeps:
    """A queue with one worker. Any thread may call any method."""

    def __init__(self, root: Path | None = None):
        self._root = root
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Key, _Job] = OrderedDict()
        self._running: Key | None = None
        self._stop = False
        self._done_share = 0.0
        self._results: OrderedDict[Key, object] = OrderedDict()
        self._errors: dict[Key, str] = {}
        self._worker: threading.Thread | None = None

    def request(self, key: Key, work: Work) -> None:
        """See to it that the sweep `key` is made."""
        with self._lock:
            if key in self._results or key in self._waiting or (key == self._running and not self._stop):
                return
            self._errors.pop(key, None)
            self._waiting[key] = _Job(key, work)
            if self._worker is None:
                self._worker = threading.Thread(target=self._work, daemon=True)
                self._worker.start()

    def cancel(self, key: Key) -> None:
        """Make the sweep `key` no longer; what it has so far is thrown away."""
        with self._lock:
            self._waiting.pop(key, None)
            self._stop = self._stop or key == self._running

    def result(self, key: Key, kind: type) -> object | None:
        """The finished sweep, a `kind`, from memory or from disk; None while there is none."""
        with self._lock:
            if key in self._results:
                return self._results[key]
        found = sweep_files.read(key, kind, self._root)
        if found is not None:
            self._keep(key, found)
        return found

    def error(self, key: Key) -> str | None:
        """Why the sweep could not be made, or not be kept on disk."""
        with self._lock:
            return self._errors.get(key)

    def progress(self, key: Key) -> tuple[float, int] | None:
        """(share done 0..1, sweeps before it) while it is wanted; None when it is not."""
        with self._lock:
            if key == self._running and not self._stop:
                return self._done_share, 0
            if key in self._waiting:
                return 0.0, list(self._waiting).index(key) + (self._running is not None)
            return None

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = None
                    return
                _, job = self._waiting.popitem(last=False)
                self._running, self._stop, self._done_share = job.key, False, 0.0
            self._make(job)
            with self._lock:
                self._running, self._stop = None, False

    def _make(self, job: _Job) -> None:
        try:
            result = job.work(self._tell)
            self._keep(job.key, result)
            sweep_files.write(job.key, result, self._root)
        except Stopped:
            pass
        except CnnlabError as failure:
            self._fail(job.key, str(failure))
        except OSError as failure:
            self._fail(job.key, f"The result could not be kept on disk ({failure.strerror or failure}).")
        except Exception as failure:  # whatever it is, it must reach the page instead of dying with the thread
            self._fail(job.key, f"The sweep could not be made: {type(failure).__name__}: {failure}.")

    def _keep(self, key: Key, result: object) -> None:
        with self._lock:
            self._results[key] = result
            while len(self._results) > KEPT:
                self._results.popitem(last=False)

    def _fail(self, key: Key, sentence: str) -> None:
        with self._lock:
            self._errors[key] = sentence

    def _tell(self, done: float) -> None:
        with self._lock:
            if self._stop:
                raise Stopped
            self._done_share = done
