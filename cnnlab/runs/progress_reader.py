"""Reading the progress.jsonl of another process further and further: whole lines, each checked."""

from __future__ import annotations

import json
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from cnnlab.errors import CnnlabError
from cnnlab.runs import record
from cnnlab.runs.record import Identity
from cnnlab.training.live_report import LiveReport

MOST_READ = 4_000_000  # bytes at once; no line is that long
LONGEST_HEAD = 1_000
_REPORT = TypeAdapter(LiveReport)


class ProgressReader:
    """Keeps where it stands in one file. identity: of the run, whose layers and classes reports may name.

    begun: when the writing process began, in nanoseconds since 1970, 0 before anything was read; host: its machine.
    problem: what had to be left out, in a sentence.
    """

    def __init__(self, file: Path, identity: Identity):
        self._file = file
        self._identity = identity
        self._head = b""
        self._start()

    def _start(self, head: bytes = b"") -> None:
        self._head, self._offset, self._lines, self._damaged, self._step = head, len(head), 1, 0, -1
        self.problem: str | None = None
        self.begun, self.host = 0, ""
        try:
            said = json.loads(head or b"{}")
            self.begun, self.host = int(said.get("begun", 0)), str(said.get("host", ""))[:200]
        except (ValueError, TypeError, AttributeError, OverflowError):
            self._left_out("it should say who writes")

    def read(self) -> tuple[bool, list[LiveReport]]:
        """(whether the file was begun anew, the reports that came since the last call)."""
        try:
            with self._file.open("rb") as file:
                head = file.readline(LONGEST_HEAD)
                if not head.endswith(b"\n") and len(head) < LONGEST_HEAD:
                    return False, []  # nobody has written yet
                anew = head != self._head
                if anew:
                    self._start(head)
                file.seek(self._offset)
                part = file.read(MOST_READ)
        except OSError:
            return False, []
        whole = part.rfind(b"\n") + 1  # the rest is still being written
        if not whole and len(part) == MOST_READ:
            whole = MOST_READ
        self._offset += whole
        found = (self._report(line) for line in part[:whole].split(b"\n")[:-1] if line)
        return anew, [report for report in found if report]

    def _report(self, line: bytes) -> LiveReport | None:
        self._lines += 1
        try:
            report = _REPORT.validate_json(line, strict=True)
            record.check_evaluations(self._identity, [report.evaluation] if report.evaluation else [])
            if report.step < self._step or report.step > report.total_steps:
                raise CnnlabError(f"step is {report.step} after {self._step}, of {report.total_steps}")
        except (ValidationError, CnnlabError) as error:
            self._left_out(record.what_is_wrong(error) if isinstance(error, ValidationError) else str(error))
            return None
        self._step = report.step
        return report

    def _left_out(self, why: str) -> None:
        self._damaged += 1
        others = f", as {self._damaged - 1:,} before it" if self._damaged > 1 else ""
        place = f"{self._file.parent.name}/{self._file.name}"
        self.problem = f"line {self._lines:,} of {place} is damaged and was left out{others} ({why[:200]})."
