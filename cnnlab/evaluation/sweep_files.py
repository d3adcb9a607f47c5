"""Finished sweeps on disk, so that the second time is instant."""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Hashable
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np

from cnnlab.common import paths, zips
from cnnlab.common.files import replacing

SCHEMA = 1  # part of every file's name: raise it when a sweep means something else than before
Kind = TypeVar("Kind")


def read(key: Hashable, kind: type[Kind], root: Path | None = None) -> Kind | None:
    """The `kind`, a dataclass of arrays, kept under `key`, else one that came with cnnlab.

    None where there is none or its file is damaged.
    """
    for folder in (root or paths.sweeps(), paths.shipped_sweeps()):
        try:
            with np.load(_file(key, folder), allow_pickle=False) as arrays:
                return kind(**{field.name: arrays[field.name] for field in dataclasses.fields(cast(Any, kind))})
        except (*zips.UNREADABLE, OSError, TypeError, MemoryError):
            continue  # it is worked out again and replaced
    return None


def write(key: Hashable, result: Any, root: Path | None = None) -> None:
    """Keep a dataclass of arrays under `key`, whole or not at all. Raises OSError when the disk refuses."""
    file = _file(key, root or paths.sweeps())
    file.parent.mkdir(parents=True, exist_ok=True)
    with replacing(file) as content:
        np.savez_compressed(content, **{f.name: getattr(result, f.name) for f in dataclasses.fields(result)})


def _file(key: Hashable, root: Path) -> Path:
    name = hashlib.sha256(repr((SCHEMA, key)).encode()).hexdigest()[:32]
    return Path(root) / f"{name}.npz"
