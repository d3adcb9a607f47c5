"""Exports a network in a process of its own: torch traces by changing nn.Module under a training beside it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.runs.store import Run

LONGEST = 300.0  # seconds


def exported(run: Run, epoch: int, kind: str) -> bytes:
    """The file of a network, `kind` one of network_file.FORMATS, as `cnnlab export` writes it. Raises as that does."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / f"{run.name}.{kind}"
        source = f"{run.path.resolve()}@{epoch}"
        command = [sys.executable, "-m", "cnnlab", "export", source, str(target), "--format", kind]
        try:
            done = subprocess.run(command, cwd=paths.LAB, capture_output=True, text=True, timeout=LONGEST)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise CnnlabError(f"{run.name} could not be exported ({error}): try `{' '.join(command[2:])}`.") from error
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["it ended without a word"]
            raise CnnlabError(said[-1].removeprefix("cnnlab: "))
        return target.read_bytes()
