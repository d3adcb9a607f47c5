"""How the process deals with memory that tensors leave behind."""

from __future__ import annotations

import ctypes
from functools import cache

# mallopt(3): parameters by number, from <malloc.h>
TRIM_THRESHOLD, TOP_PAD, MMAP_THRESHOLD = -1, -2, -3
KEPT, GROWN, FROM_SYSTEM = 256 << 20, 16 << 20, 32 << 20  # bytes; the last is the most that glibc takes


@cache
def reuse() -> bool:
    """Have glibc keep up to 256 MiB of freed memory for the next tensors; whether that could be had.

    A convolution's maps of one batch are a few MB. By default glibc hands such blocks back to the system and asks for
    them anew at every step, and every new page costs a page fault: 2,800 a step of A0, more than half of its time on
    a CPU. Other C libraries (macOS, Windows, musl) have no such setting and are left as they are.
    """
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):  # Windows has no CDLL(None), the others no mallopt
        return False
    return all((mallopt(MMAP_THRESHOLD, FROM_SYSTEM), mallopt(TRIM_THRESHOLD, KEPT), mallopt(TOP_PAD, GROWN)))
