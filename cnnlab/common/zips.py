"""What a zip says of itself, asked before anything in it is unpacked; limits and sentences are the caller's."""

from __future__ import annotations

import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path, PurePosixPath
from typing import BinaryIO
from zipfile import ZipFile, ZipInfo

MOST_DIRECTORY = 16_000_000  # bytes: some 200,000 members, which take 200 MB once they are read
_LONGEST_END = 22 + 65_535  # bytes of the record at a zip's end, with the longest comment
# What zipfile raises for a file that is damaged, encrypted or packed in a way it does not know.
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
    ValueError, KeyError, IndexError, OverflowError,
)  # fmt: skip


def opened(source: Path | BinaryIO) -> ZipFile:
    """The zip file, its list of members read. Raises ValueError where that list alone would take too much memory."""
    if _directory_bytes(source) > MOST_DIRECTORY:
        raise ValueError("it lists too many files")
    return ZipFile(source)


def _directory_bytes(source: Path | BinaryIO) -> int:
    """How long its list of members says it is, by the record at the end of the file; 0 where there is none."""
    with source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
        size = file.seek(0, io.SEEK_END)
        file.seek(max(0, size - _LONGEST_END))
        end = file.read()
        file.seek(0)
    at = end.rfind(b"PK\5\6")
    return struct.unpack("<I", end[at + 12 : at + 16])[0] if 0 <= at <= len(end) - 22 else 0


def packed_bytes(source: Path | BinaryIO) -> int:
    """The size of the zip file itself."""
    return source.stat().st_size if isinstance(source, Path) else source.seek(0, io.SEEK_END)


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
