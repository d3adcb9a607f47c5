"""progress.jsonl in the folder of a run under way: a line for every measurement, appended, for whoever watches.

The first line says who writes; a run that is gone on with begins the file anew. Nobody needs it once run.json has the
curves, so it goes when the run ends; what a killed process leaves shows how far it came.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import platform
import time
from pathlib import Path
from typing import Any

from cnnlab.training.live_report import LiveReport

NAME = "progress.jsonl"
SCHEMA = 1
PART = 4_000_000  # bytes: after each, only every second one of the measurements so far written is
PARTS = 8  # after so many nothing more is: a million measurements fit
BEAT_SECONDS = 15.0  # after which the file is touched, where a run has nothing to say: paused, or in a long test
STILL_SECONDS = 60.0  # without a line or a beat, after which a run of another machine no longer counts as in training
_FLAGS = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)


class ProgressLog:
    """Appends to a run's file; what goes wrong there is never the training's trouble."""

    def __init__(self, folder: Path):
        """Begin the file, in place of an earlier part's."""
        self._file = folder / NAME
        self._written = self._count = 0
        self._torn = False
        self._next_beat = time.monotonic() + BEAT_SECONDS
        self.remove()
        self._append({"schema": SCHEMA, "host": platform.node()[:200], "begun": time.time_ns()})

    def append(self, report: LiveReport) -> None:
        """Add a line, whole or, after a very long run, not at all."""
        part = self._written // PART
        self._count += 1
        if part < PARTS and (report.evaluation is None or self._count % (1 << part) == 0):
            self._append(dataclasses.asdict(report))

    def beat(self) -> None:
        """Show that the run goes on, at most every BEAT_SECONDS."""
        now = time.monotonic()
        if now >= self._next_beat:
            self._next_beat = now + BEAT_SECONDS
            with contextlib.suppress(OSError):
                os.utime(self._file)

    def remove(self) -> None:
        """Remove the file: run.json says it all."""
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

    def _append(self, said: dict[str, Any]) -> None:
        line = json.dumps(said, separators=(",", ":")).encode() + b"\n"
        if self._torn:
            line = b"\n" + line  # what a full disk cut off stays a line of its own, which readers leave out
        try:
            descriptor = os.open(self._file, _FLAGS, 0o644)
            try:
                written = os.write(descriptor, line)  # one call: lines of this size are never mixed or seen in halves
            finally:
                os.close(descriptor)
        except OSError:
            return
        self._torn = written < len(line)
        self._written += written


def grows_on_another_machine(folder: Path) -> bool:
    """Whether a process of another machine, whose locks may not be seen here, has just added to the run's file."""
    file = folder / NAME
    try:
        if abs(time.time() - file.stat().st_mtime) > STILL_SECONDS:
            return False
        with file.open("rb") as opened:
            host = json.loads(opened.readline(1_000))["host"]
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return bool(host != platform.node()[:200])
