"""A training in a process of its own, driven from here.

So neither side's heap, threads or imports can help or hurt the other.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from benchmarks.support.contest import Contestant, train

ROOT = Path(__file__).parents[2]


class OtherProcess:
    """The contestant that `make` builds, in another process, which sleeps between two calls.

    Not multiprocessing: its new process would first run the file that this one was started with.
    """

    done = False

    def __init__(self, make: Callable[[], Contestant]):
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from benchmarks.support import other_process; other_process.serve()"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
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
        self._process.communicate()

    def _ask(self, *request: object) -> float:
        requests, answers = self._process.stdin, self._process.stdout
        assert requests and answers, "both are pipes"
        pickle.dump(request, requests)
        requests.flush()
        return pickle.load(answers)


def serve() -> None:
    """The other process's side: requests from stdin, answers to stdout, until stdin ends."""
    contestant: Contestant  # the first request makes it
    while True:
        try:
            what, *rest = pickle.load(sys.stdin.buffer)
        except EOFError:
            return
        answer = 0.0
        if what == "become":
            contestant = rest[0]()
        else:
            answer = train(contestant, *rest) if what == "train" else contestant.accuracy()
        pickle.dump(answer, sys.stdout.buffer)
        sys.stdout.flush()
