"""Names of runs: which are allowed on every system."""

from __future__ import annotations

import re

from cnnlab.errors import CnnlabError

LONGEST = 60
_ALLOWED = re.compile(r"\w[\w .+-]*", re.ASCII)
# Windows keeps these for devices, whatever follows a dot.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)


def checked(name: str, noun: str = "run") -> str:
    """`name` without surrounding blanks. Raises CnnlabError if it cannot be a folder's name on every system.

    noun: what is to be called that.
    """
    name = name.strip()
    if not _ALLOWED.fullmatch(name) or name.endswith(".") or len(name) > LONGEST or _DEVICES.fullmatch(name):
        raise CnnlabError(
            f"A {noun} cannot be called {name[: 2 * LONGEST]!r}: use up to {LONGEST} letters, digits, '-', '_', '.', "
            "'+' and blanks, beginning with a letter or digit."
        )
    return name


def cleaned(name: str) -> str:
    """The nearest allowed name; "run" where nothing of it can be kept."""
    kept = re.sub(r"[^\w .+-]+", "-", name, flags=re.ASCII).strip(" .+-")[:LONGEST].rstrip(" .")
    return kept if kept and not _DEVICES.fullmatch(kept) else "run"
