"""Giving memory back to the system that is no longer used."""

from __future__ import annotations

import ctypes
import sys


def give_back() -> None:
    """Let go of what lies free between the blocks in use: tens of milliseconds; nothing where that cannot be done.

    glibc keeps the holes that a training's large tensors leave; with time they are more than all that is in use.
    """
    if sys.platform == "linux" and (trim := getattr(ctypes.CDLL(None), "malloc_trim", None)):  # musl has none
        trim(0)
