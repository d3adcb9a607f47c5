"""Ctrl-C and SIGTERM, wherever a training stands."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def obeying(interruption: threading.Event) -> Iterator[None]:
    """Within the block Ctrl-C and SIGTERM set `interruption`, wherever the training stands; a second one ends it."""

    def note(number: int, frame: FrameType | None) -> None:
        if interruption.is_set():
            raise KeyboardInterrupt
        interruption.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
