"""All lessons, in the order in which they are taught: those that come with cnnlab, then a folder of one's own."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.lessons import lesson_file
from cnnlab.lessons.steps import Lesson

MOST = 100  # lessons of a folder


def names() -> list[str]:
    """The names of all lessons, readable or not, in their order."""
    return list(_files())


def lesson(name: str) -> Lesson:
    """One of `names`. Raises CnnlabError where it cannot be read, with the line."""
    file = _files().get(name)
    if file is None:
        raise CnnlabError(f"There is no lesson {name!r}: choose one on the page Lessons.")
    try:
        seen = file.stat()
    except OSError as error:
        raise CnnlabError(f"{file.name} cannot be read ({error.strerror}): put it back.") from error
    found = _read(file, seen.st_mtime_ns, seen.st_size)
    if isinstance(found, Lesson):
        return found
    raise CnnlabError(found)


def _files() -> dict[str, Path]:
    """Each lesson's file by its name; one of one's own takes the place of a shipped one with its name."""
    found: dict[str, Path] = {}
    for folder in dict.fromkeys((paths.shipped_lessons(), paths.lessons())):
        files = sorted(folder.glob("*.md"), key=lambda file: _order(file.stem))[:MOST]
        found |= {file.stem: file for file in files if not file.name.startswith(".")}
    return found


def _order(name: str) -> tuple[int, str]:
    """By the number that a name begins with, so that 10 follows 9; those without one come last."""
    number = re.match("[0-9]{1,9}", name)
    return (int(number[0]) if number else 10**9), name


@lru_cache(2 * MOST)
def _read(file: Path, changed: int, size: int) -> Lesson | str:
    """The lesson, or the sentence that says what is wrong with it; read anew when the file has changed."""
    try:
        return lesson_file.read(file, _pages())
    except CnnlabError as error:
        return str(error)


def _pages() -> frozenset[str]:
    """The names of all pages in the address."""
    return frozenset(file.stem for file in (paths.LAB / "pages").glob("*.py"))
