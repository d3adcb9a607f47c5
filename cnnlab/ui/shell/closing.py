"""The end of the server: what is under way is stopped and kept, so that the process can leave."""

from __future__ import annotations

import time

from cnnlab.common.background import process_queue
from cnnlab.ui.cache import loaders

LONGEST = 2.3  # seconds: whoever presses Ctrl-C waits three at most


def close() -> None:
    """Stop the run under way, which keeps what it has learned, and the measurements."""
    until = time.monotonic() + LONGEST
    process_queue().close()
    runner = loaders.runner()
    runner.stop()
    runner.wait(until - time.monotonic())
    process_queue().join(max(0.0, until - time.monotonic()))
