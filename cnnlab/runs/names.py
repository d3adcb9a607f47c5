"""Names of runs: which are allowed, and renaming."""

from __future__ import annotations

import re
from pathlib import Path

from cnnlab.errors import CnnlabError
from cnnlab.runs.store import Run

LONGEST = 60
_ALLOWED = re.compile(r"\w[\w .+-]*", re.ASCII)
# Windows keeps these for devices, whatever follows a dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def checked(name: str) -> str:
    """`name` without surrounding blanks. Raises CnnlabError if it cannot be a folder's name on every system."""
    name = name.strip()
    if not _ALLOWED.fullmatch(name) or name.endswith(".") or len(name) > LONGEST or _DEVICES.fullmatch(name):
        raise CnnlabError(
            f"A run cannot be called {name!r}: use up to {LONGEST} letters, digits, '-', '_', '.', '+' and blanks, "
            "beginning with a letter or digit."
        )
    return name


def cleaned(name: str) -> str:
    """The nearest allowed name; "run" where nothing of it can be kept."""
    kept = re.sub(r"[^\w .+-]+", "-", name, flags=re.ASCII).strip(" .+-")[:LONGEST].rstrip(" .")
    return kept if kept and not _DEVICES.fullmatch(kept) else "run"


def rename(run: Run, name: str, training: str | None = None) -> Path:
    """Give the run another name; return its new folder. `training` is the run under way, which must keep its name.

    Raises CnnlabError, changing nothing, for a name that is taken or not allowed.
    """
    name = checked(name)
    refuse_training(run, training, "renamed")
    target = run.path.parent / name
    if target == run.path:
        return target
    if target.exists():
        raise CnnlabError(f"There is already a run called {name}: choose another name.")
    moved(run.path, target)
    return target


def refuse_training(run: Run, training: str | None, what: str) -> None:
    """Raise CnnlabError if `run` is the one under way."""
    if run.name == training:
        raise CnnlabError(f"{run.name} is still training: stop it before it is {what}.")


def moved(source: Path, target: Path) -> None:
    """Move a folder within a file system in one step. Raises CnnlabError, leaving it where it was."""
    try:
        target.parent.mkdir(exist_ok=True)
        source.rename(target)
    except OSError as error:
        raise CnnlabError(
            f"{source} could not be moved ({error.strerror or error}): make {source.parent} writable; it is as it was."
        ) from error
