"""Writing without loss: a file is the old one or the new one, never half of it, and a taken name gets a number."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """Yield a binary file that takes `target`'s place when the block ends well, and vanishes when it raises.

    The content is on the disk (fsync) before the name changes, so a killed process or a full disk leaves what was
    there before. Its temporary name begins with a dot.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
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


def free(folder: Path, name: str) -> Path:
    """folder/name, or folder/name-2, -3 … where that is taken."""
    number, path = 1, folder / name
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}"
    return path
