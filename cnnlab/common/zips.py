"""What a zip says of itself, asked before anything in it is unpacked; limits and sentences are the caller's."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable
from pathlib import PurePosixPath
from zipfile import ZipFile, ZipInfo


def files(archive: ZipFile) -> list[ZipInfo]:
    """The members that are no folders."""
    return [entry for entry in archive.infolist() if not entry.is_dir()]


def unpacked_bytes(entries: Iterable[ZipInfo]) -> int:
    """How much they take unpacked; zipfile reads no more than this of a member, whatever it really holds."""
    return sum(entry.file_size for entry in entries)


def parts(entry: ZipInfo) -> tuple[str, ...]:
    """Its folders and its name, whichever slash the program that made the zip wrote."""
    return PurePosixPath(entry.filename.replace("\\", "/")).parts


def points_elsewhere(entry: ZipInfo) -> bool:
    """Whether unpacking it could write outside of the target folder: an absolute path, "..", a drive or a link."""
    path = parts(entry)
    drive = re.match(r"[A-Za-z]:", entry.filename)
    return path[:1] in (("/",), ("//",)) or ".." in path or drive is not None or stat.S_ISLNK(entry.external_attr >> 16)
