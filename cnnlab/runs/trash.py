"""The bin: deleted runs are kept in a folder beside the others until it is emptied, and can be restored."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from cnnlab.common.files import free
from cnnlab.errors import CnnlabError
from cnnlab.runs.folders import moved
from cnnlab.runs.ownership import refuse_training

FOLDER = ".bin"  # inside the folder of runs: a rename within one file system is done whole or not at all
_STAMP = "%Y%m%d-%H%M%S-%f"


@dataclass(frozen=True)
class Deleted:
    """A run in the bin. name: its name before; when: the time of deletion, in UTC."""

    path: Path
    name: str
    when: datetime

    @property
    def bytes(self) -> int:
        """Its size on the disk."""
        return sum(file.stat().st_size for file in self.path.rglob("*") if file.is_file())


def delete(run: Path) -> Deleted:
    """Move a run's folder to the bin. Raises CnnlabError for a run in training, or when the disk refuses."""
    refuse_training(run, "deleted")
    when = datetime.now(timezone.utc)
    target = run.parent / FOLDER / f"{when.strftime(_STAMP)} {run.name}"
    moved(run, target)
    return Deleted(target, run.name, when)


def restore(deleted: Deleted) -> Path:
    """Bring the run back under its name, or name-2 … where that is taken now; return its folder."""
    target = free(deleted.path.parents[1], deleted.name)
    moved(deleted.path, target)
    return target


def contents(root: Path) -> list[Deleted]:
    """The runs in the bin of the folder `root`, the last deleted first."""
    found = []
    for folder in (root / FOLDER).glob("*/"):
        stamp, _, name = folder.name.partition(" ")
        try:
            found.append(Deleted(folder, name, datetime.strptime(stamp, _STAMP).replace(tzinfo=timezone.utc)))
        except ValueError:
            continue  # not put there by cnnlab
    return sorted(found, key=lambda each: each.when, reverse=True)


def empty(root: Path) -> None:
    """Remove the runs in the bin for good. Raises CnnlabError when the disk refuses."""
    try:
        for each in contents(root):
            shutil.rmtree(each.path)
    except OSError as error:
        raise CnnlabError(f"{root / FOLDER} could not be emptied ({error.strerror or error}): try again.") from error
