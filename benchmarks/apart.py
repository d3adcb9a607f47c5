"""A training in a process of its own, driven from here.

What cnnlab sets for its whole process, such as how freed memory is kept, must not help the loop it is compared with.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection

from benchmarks.contest import Contestant, train


class Apart:
    """The contestant that `make` builds, in another process, which sleeps between two calls."""

    done = False

    def __init__(self, make: Callable[[], Contestant]):
        context = multiprocessing.get_context("spawn")
        self._line, other = context.Pipe()
        self._process = context.Process(target=_serve, args=(other,), daemon=True)
        self._process.start()
        self.become(make)

    def become(self, make: Callable[[], Contestant]) -> None:
        """Go on with a new contestant in the same process."""
        self._ask("become", make)

    def train(self, images: int) -> float:
        """Seconds for the next `images` training images, clocked there; see contest.train."""
        return self._ask("train", images)

    def accuracy(self) -> float:
        """Share of the test images read right, 0..1."""
        return self._ask("accuracy")

    def close(self) -> None:
        """End the process."""
        self._line.close()
        self._process.join()

    def _ask(self, *request: object) -> float:
        self._line.send(request)
        return self._line.recv()


def _serve(line: Connection) -> None:
    contestant = None
    while True:
        try:
            what, *rest = line.recv()
        except EOFError:
            return
        if what == "become":
            contestant = rest[0]()
            line.send(0.0)
        else:
            line.send(train(contestant, *rest) if what == "train" else contestant.accuracy())
