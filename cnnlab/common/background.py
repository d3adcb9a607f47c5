"""Long work in the background, one piece after another, for all tabs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from cnnlab.errors import CnnlabError

# Given on_progress(fraction done), which raises Stopped once the work is cancelled.
Work = Callable[[Callable[[float], None]], object]


class Stopped(Exception):  # noqa: N818  (nothing went wrong)
    """Someone no longer wants the result."""


class Background:
    """A queue with one worker; a key names a piece of work. Any thread may call any method.

    what: the noun for one piece in sentences about failures; kept: how many results stay in memory.
    """

    def __init__(self, what: str, kept: int):
        self._what, self._kept = what, kept
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, Work] = OrderedDict()
        self._running: Hashable | None = None
        self._stop = False  # the running one
        self._fraction = 0.0  # of it that is done
        self._results: OrderedDict[Hashable, object] = OrderedDict()
        self._errors: dict[Hashable, str] = {}
        self._worker: threading.Thread | None = None

    def request(self, key: Hashable, work: Work) -> None:
        """Queue `work` unless its result exists or it is already under way."""
        with self._lock:
            if key in self._results or key in self._waiting or (key == self._running and not self._stop):
                return
            self._errors.pop(key, None)
            self._waiting[key] = work
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, daemon=True)
                self._worker.start()

    def cancel(self, key: Hashable) -> None:
        """Drop the work `key`, waiting or running; a partial result is thrown away."""
        with self._lock:
            self._waiting.pop(key, None)
            if key == self._running:
                self._stop = True
                self._halt()

    def result(self, key: Hashable) -> object | None:
        """Its result; None while there is none."""
        with self._lock:
            return self._results.get(key)

    def error(self, key: Hashable) -> str | None:
        """Why it failed, or its result could not be kept; None without a failure."""
        with self._lock:
            return self._errors.get(key)

    def waits(self, key: Hashable) -> bool:
        """Whether it is queued but not begun."""
        with self._lock:
            return key in self._waiting

    def progress(self, key: Hashable) -> tuple[float, int] | None:
        """(fraction done 0..1, how many come before it) while it is queued or running; else None."""
        with self._lock:
            if key == self._running and not self._stop:
                return self._fraction, 0
            if key in self._waiting:
                return 0.0, list(self._waiting).index(key) + (self._running is not None)
            return None

    def _halt(self) -> None:
        """Called, with the lock held, when the running work is cancelled: for work that reports progress too rarely."""

    def _finish(self, key: Hashable, result: object) -> None:
        """Called by the worker with the result of the work, unless it was cancelled."""
        self._keep(key, result)

    def _keep(self, key: Hashable, result: object) -> None:
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._kept:
                self._results.popitem(last=False)

    def _fail(self, key: Hashable, sentence: str) -> None:
        with self._lock:
            if not self._stop:  # else its being stopped is all that went wrong
                self._errors[key] = sentence

    def _on_progress(self, fraction: float) -> None:
        with self._lock:
            if self._stop:
                raise Stopped
            self._fraction = fraction

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = None
                    return
                self._running, work = self._waiting.popitem(last=False)
                self._stop, self._fraction = False, 0.0
            self._do(self._running, work)
            with self._lock:
                self._running, self._stop = None, False

    def _do(self, key: Hashable, work: Work) -> None:
        try:
            result = work(self._on_progress)
            self._on_progress(1.0)
            self._finish(key, result)
        except Stopped:
            pass
        except CnnlabError as failure:
            self._fail(key, str(failure))
        except Exception as failure:  # whatever it is, it must reach the page instead of dying with the thread
            self._fail(key, f"The {self._what} could not be made: {type(failure).__name__}: {failure}.")
