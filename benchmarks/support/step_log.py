"""How fast a run in the app trains: its server writes the steps to a file, without a page that would watch it."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

# For browser.serve's `before`; {path!r} is the file.
PROBE = """
import threading, time
def probe(path={path!r}):
    from cnnlab.ui.cache import loaders
    with open(path, "w") as file:
        while True:
            file.write(f"{{time.time()}} {{loaders.runner().snapshot().step}}\\n")
            file.flush()
            time.sleep(0.1)
threading.Thread(target=probe, daemon=True).start()
"""
BATCH = 64  # of A0
Steps = Callable[[], tuple[float, int]]  # (the moment in seconds, steps taken by then)


def last(log: Path) -> tuple[float, int]:
    """The newest (moment, steps) in the file."""
    moment, step = log.read_text().splitlines()[-2].split()
    return float(moment), int(step)


def rate(steps: Steps, seconds: float) -> float:
    """Images a second over the coming window."""
    first = steps()
    time.sleep(seconds)
    return images_per_second(first, steps())


def images_per_second(first: tuple[float, int], later: tuple[float, int]) -> float:
    """Between two moments."""
    return BATCH * (later[1] - first[1]) / (later[0] - first[0])
