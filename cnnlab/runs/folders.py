"""The folders of runs: made under a free name, moved, renamed."""

from __future__ import annotations

import contextlib
from pathlib import Path

from cnnlab.common import files
from cnnlab.common.files import free
from cnnlab.errors import CnnlabError
from cnnlab.runs import names
from cnnlab.runs.ownership import MARK, in_training, refuse_training


def new(root: Path, stem: str) -> Path:
    """Make root/<stem>, or <stem>-2, -3 … where that is taken, whoever else makes one now. Raises CnnlabError."""
    try:
        root.mkdir(parents=True, exist_ok=True)
        while True:
            folder = free(root, stem)
            try:
                folder.mkdir()
            except FileExistsError:
                continue  # somebody was quicker: the next number
            return folder
    except OSError as error:
        raise CnnlabError(
            f"{root / stem} could not be made ({error.strerror or error}): choose another folder or make {root} "
            "writable."
        ) from error


def rename(folder: Path, name: str) -> Path:
    """Give a run another name; return its new folder.

    Raises CnnlabError, changing nothing, for a name that is taken or not allowed, or a run in training.
    """
    name = names.checked(name)
    refuse_training(folder, "renamed")
    target = folder.parent / name
    if target == folder:
        return target
    if target.exists():
        raise CnnlabError(f"There is already a run called {name}: choose another name.")
    moved(folder, target)
    return target


def moved(source: Path, target: Path) -> None:
    """Move a folder within a file system in one step. Raises CnnlabError, leaving it where it was."""
    try:
        target.parent.mkdir(exist_ok=True)
        source.rename(target)
    except OSError as error:
        raise CnnlabError(
            f"{source} could not be moved ({error.strerror or error}): make {source.parent} writable; it is as it was."
        ) from error


def sweep(root: Path) -> int:
    """Remove what killed processes of this machine left half-written among the runs; return how many things."""
    count = files.sweep(root)
    with contextlib.suppress(OSError):  # there are no runs yet
        for folder in list(root.iterdir()):
            if folder.is_dir() and not in_training(folder):
                count += files.sweep(folder)
                (folder / MARK).unlink(missing_ok=True)
    return count
