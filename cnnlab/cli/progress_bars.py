"""Progress on stderr, where scripts do not read it."""

from __future__ import annotations

import sys

from tqdm import tqdm


class DownloadBar:
    """Shows a download on stderr; called with (file name, bytes so far, bytes in all)."""

    def __init__(self) -> None:
        self._bars: dict[str, tqdm] = {}

    def __call__(self, name: str, done: int, total: int) -> None:
        """Show that `done` of the `total` bytes of the file `name` are there."""
        if name not in self._bars:
            self._bars[name] = tqdm(total=total, unit="B", unit_scale=True, desc=name, file=sys.stderr)
        self._bars[name].update(done - self._bars[name].n)
