"""How many files and connections this process may have open."""

from __future__ import annotations

import contextlib


def raise_limit() -> None:
    """As many as the system allows: a hundred tabs and a save at the same time need more than the usual 1,024."""
    with contextlib.suppress(ImportError, ValueError, OSError):  # there is no such limit on Windows
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
