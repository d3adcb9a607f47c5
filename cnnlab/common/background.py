"""Long work done in the background, one piece after the other, for all tabs."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable

from cnnlab.errors import CnnlabError

Work = Callable[[Callable[[float], None]], object]  # given tell(share done), which raises Stopped once it is cancelled


class Stopped(Exception):  # noqa: N818  (nothing went wrong)
    """Someone no longer wants the result."""


class Background:
    """A queue with one worker; a key names a piece of work. Any thread may call any method.

    what: how sentences about failures call a piece; kept: how many results stay in memory.
    """

    def __init__(self, what: str, kept: int):
        self._what, self._kept = what, kept
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, Work] = OrderedDict()
        self._running: Hashable | None = None
        self._stop = False  # the running one
        self._share = 0.0  # of it that is done
        self._results: OrderedDict[Hashable, object] = OrderedDict()
        self._errors: dict[Hashable, str] = {}
        self._worker: threading.Thread | None = None

    def request(self, key: Hashable, work: Work) -> None:
        """See to it that `work` is done."""
        with self._lock:
            if key in self._results or key in self._waiting or (key == self._running and not self._stop):
                return
            self._errors.pop(key, None)
            self._waiting[key] = work
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, daemon=True)
                self._worker.start()

    def cancel(self, key: Hashable) -> None:
        """Do the work `key` no longer; what it has so far is thrown away."""
        with self._lock:
            self._waiting.pop(key, None)
            if key == self._running:
                self._stop = True
                self._halt()

    def result(self, key: Hashable) -> object | None:
        """What came of it; None while it is not done."""
        with self._lock:
            return self._results.get(key)

    def error(self, key: Hashable) -> str | None:
        """Why it could not be done, or not be kept."""
        with self._lock:
            return self._errors.get(key)

    def waits(self, key: Hashable) -> bool:
        """Whether it is wanted but not begun."""
        with self._lock:
            return key in self._waiting

    def progress(self, key: Hashable) -> tuple[float, int] | None:
        """(share done 0..1, how many come before it) while it is wanted; None when it is not."""
        with self._lock:
            if key == self._running and not self._stop:
                return self._share, 0
            if key in self._waiting:
                return 0.0, list(self._waiting).index(key) + (self._running is not None)
            return None

    def _halt(self) -> None:
        """Called, with the lock held, when the running work is cancelled: for work that tells too rarely."""

    def _finish(self, key: Hashable, result: object) -> None:
        """Called by the worker with what came of the work, unless it was cancelled."""
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

    def _tell(self, share: float) -> None:
        with self._lock:
            if self._stop:
                raise Stopped
            self._share = share

    def _run(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._worker = None
                    return
                self._running, work = self._waiting.popitem(last=False)
                self._stop, self._share = False, 0.0
            self._do(self._running, work)
            with self._lock:
                self._running, self._stop = None, False

    def _do(self, key: Hashable, work: Work) -> None:
        try:
            result = work(self._tell)
            self._tell(1.0)
            self._finish(key, result)
        except Stopped:
            pass
        except CnnlabError as failure:
            self._fail(key, str(failure))
        except Exception as failure:  # whatever it is, it must reach the page instead of dying with the thread
            self._fail(key, f"The {self._what} could not be made: {type(failure).__name__}: {failure}.")
