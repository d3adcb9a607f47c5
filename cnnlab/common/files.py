"""Writing without loss: a file is the old one or the new one, never half of it, and what a kill leaves is swept."""

from __future__ import annotations

import contextlib
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import psutil
from filelock import FileLock

_HOST = re.sub(r"\W+", "", platform.node()) or "here"
# .NAME.HOST-PROCESS-RANDOM.part, so that a later process knows whether anybody still writes it
_LEFT = re.compile(rf"\..+\.{_HOST}-(\d+)-\w+\.part")


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """Yield a binary file that takes `target`'s place when the block ends well, and vanishes when it raises.

    The content is on the disk (fsync) before the name changes, so a killed process or a full disk leaves what was
    there before. Its temporary name begins with a dot.
    """
    handle, name = tempfile.mkstemp(".part", _own_prefix(target.name), target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(0o644)  # mkstemp's 0600 would hide shared runs and data from other users
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def passing_folder(parent: Path, name: str) -> Iterator[Path]:
    """Yield a new folder in `parent`, hidden by a dot, that is gone when the block ends."""
    with tempfile.TemporaryDirectory(".part", _own_prefix(name), parent) as folder:
        yield Path(folder)


def _own_prefix(name: str) -> str:
    return f".{name[:60]}.{_HOST}-{os.getpid()}-"


def sweep(folder: Path) -> int:
    """Remove what processes of this machine that are gone left half-written in `folder`; return how many."""
    count = 0
    with contextlib.suppress(OSError):
        for left in list(folder.iterdir()):
            found = _LEFT.fullmatch(left.name)
            if found and not psutil.pid_exists(int(found[1])):
                shutil.rmtree(left) if left.is_dir() else left.unlink(missing_ok=True)
                count += 1
    return count


@contextmanager
def locked(target: Path) -> Iterator[None]:
    """Let nobody else, in whatever process, read `target`, change it and write it meanwhile."""
    with FileLock(target.with_name(f".{target.name}.lock")):
        yield


def exists(path: Path) -> bool:
    """Whether there is something; no error for a name that is too long or otherwise impossible."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def free(folder: Path, name: str) -> Path:
    """folder/name, or folder/name-2, -3 … where that is taken."""
    number, path = 1, folder / name
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}"
    return path
