"""Long work done in the background, one piece after the other, for all tabs."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from typing import NamedTuple

from cnnlab.errors import CnnlabError

OnProgress = Callable[[float], None]  # given the fraction done, 0..1; raises Stopped once the work is cancelled
Work = Callable[[OnProgress], object]


class Stopped(Exception):  # noqa: N818  (nothing went wrong)
    """Someone no longer wants the result."""


class _Piece(NamedTuple):
    what: str  # how sentences about failures call it
    work: Work
    keep: Callable[[object], None]  # takes the result, unless the work was cancelled


PATIENCE = 30.0  # seconds: work that no page has asked after for so long is no longer wanted


class Queue:
    """A queue with one worker; a key names a piece of work. Any thread may call any method.

    Whoever waits for a piece asks after its progress now and then. Work that nobody asks after any more, because its
    tab was closed or shows something else, ends.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        """patience: seconds without a question after which work is given up."""
        self._patience = patience
        self._asked: dict[Hashable, float] = {}  # when somebody asked last, of what waits or runs; monotonic seconds
        self._closed = False
        self._lock = threading.Lock()
        self._waiting: OrderedDict[Hashable, _Piece] = OrderedDict()
        self._running: Hashable | None = None
        self._stop = False  # the running one
        self._fraction = 0.0  # of it that is done
        self._began = 0.0  # monotonic seconds
        self._errors: dict[Hashable, str] = {}
        self._worker: threading.Thread | None = None

    def request(self, key: Hashable, what: str, work: Work, keep: Callable[[object], None]) -> None:
        """Queue `work` unless it waits or runs already; a failure is "The `what` could not be made: …"."""
        with self._lock:
            if key in self._waiting or (key == self._running and not self._stop):
                return
            if self._closed:
                return
            self._errors.pop(key, None)
            self._asked[key] = time.monotonic()
            self._waiting[key] = _Piece(what, work, keep)
            if self._worker is None:
                self._worker = threading.Thread(target=self._run, daemon=True)
                self._worker.start()

    def cancel(self, key: Hashable) -> None:
        """Do the work `key` no longer; what it has so far is thrown away."""
        with self._lock:
            self._waiting.pop(key, None)
            if key == self._running:
                self._stop = True

    def error(self, key: Hashable) -> str | None:
        """Why it could not be done, or not be kept."""
        with self._lock:
            return self._errors.get(key)

    def waits(self, key: Hashable) -> bool:
        """Whether it is queued but not begun."""
        with self._lock:
            return key in self._waiting

    def progress(self, key: Hashable) -> tuple[float, int] | None:
        """(fraction done 0..1, how many pieces come before it) while it is queued or runs; else None."""
        with self._lock:
            if key == self._running and not self._stop:
                self._asked[key] = time.monotonic()
                return self._fraction, 0
            if key in self._waiting:
                self._asked[key] = time.monotonic()
                return 0.0, list(self._waiting).index(key) + (self._running is not None)
            return None

    def seconds_left(self, key: Hashable) -> float | None:
        """To the end of the work `key` at its pace so far; None unless it runs."""
        with self._lock:
            if key != self._running or self._stop or not self._fraction:
                return None
            return (time.monotonic() - self._began) / self._fraction * (1 - self._fraction)

    def join(self, seconds: float) -> bool:
        """Wait until nothing is left to do, at most so long; return whether that is so."""
        with self._lock:
            worker = self._worker
        if worker:
            worker.join(seconds)
        return worker is None or not worker.is_alive()

    def close(self) -> None:
        """Give up whatever runs or waits, and begin nothing more."""
        with self._lock:
            self._closed = self._stop = True
            self._waiting.clear()

    def _on_progress(self, fraction: float) -> None:
        with self._lock:
            if self._stop or self._forgotten(self._running):
                raise Stopped
            self._fraction = fraction

    def _forgotten(self, key: Hashable) -> bool:
        return time.monotonic() - self._asked.get(key, 0.0) > self._patience

    def _run(self) -> None:
        while True:
            with self._lock:
                for key in [key for key in self._waiting if self._forgotten(key)]:
                    del self._waiting[key], self._asked[key]
                if not self._waiting:
                    self._worker = None
                    return
                self._running, piece = self._waiting.popitem(last=False)
                self._stop, self._fraction, self._began = False, 0.0, time.monotonic()
            failure = self._failure_of(piece)
            with self._lock:
                if failure and not self._stop:  # else its being stopped is all that went wrong
                    self._errors[self._running] = failure
                if self._running not in self._waiting:  # asked for again meanwhile
                    self._asked.pop(self._running, None)
                self._running, self._stop = None, False

    def _failure_of(self, piece: _Piece) -> str | None:
        try:
            result = piece.work(self._on_progress)
            self._on_progress(1.0)
            piece.keep(result)
        except Stopped:
            pass
        except CnnlabError as failure:
            return str(failure)
        except Exception as failure:  # whatever it is, it must reach the page instead of dying with the thread
            return f"The {piece.what} could not be made: {type(failure).__name__}: {failure}."
        return None


@cache
def process_queue() -> Queue:
    """The one queue of the process."""
    return Queue()


class Results:
    """The results of one kind of work on a queue; the last `kept` of them stay in memory.

    what: how sentences about failures call a piece of it.
    """

    def __init__(self, queue: Queue, what: str, kept: int):
        self._queue, self._what, self._kept = queue, what, kept
        self._lock = threading.Lock()
        self._results: OrderedDict[Hashable, object] = OrderedDict()

    def request(self, key: Hashable, work: Work) -> None:
        """Queue `work` unless its result exists."""

        def unless_it_exists(on_progress: OnProgress) -> object:  # it may have been finished since
            return held if (held := self.get(key)) is not None else work(on_progress)

        if self.get(key) is None:
            self._queue.request((self._what, key), self._what, unless_it_exists, lambda result: self.put(key, result))

    def get(self, key: Hashable) -> object | None:
        """What came of it; None while it is not done."""
        with self._lock:
            return self._results.get(key)

    def put(self, key: Hashable, result: object) -> None:
        """Keep a result."""
        with self._lock:
            self._results[key] = result
            while len(self._results) > self._kept:
                self._results.popitem(last=False)

    def cancel(self, key: Hashable) -> None:
        """As Queue.cancel."""
        self._queue.cancel((self._what, key))

    def error(self, key: Hashable) -> str | None:
        """As Queue.error."""
        return self._queue.error((self._what, key))

    def waits(self, key: Hashable) -> bool:
        """As Queue.waits."""
        return self._queue.waits((self._what, key))

    def seconds_left(self, key: Hashable) -> float | None:
        """As Queue.seconds_left."""
        return self._queue.seconds_left((self._what, key))

    def progress(self, key: Hashable) -> tuple[float, int] | None:
        """As Queue.progress; what comes before may be of another kind."""
        return self._queue.progress((self._what, key))
