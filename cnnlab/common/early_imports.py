"""Slow libraries are imported while the browser is still loading the app, instead of when the first page needs them."""

from __future__ import annotations

import importlib
import threading

LIBRARIES = ("torch", "altair", "pandas", "safetensors.torch")  # a second, and a half together


def begin() -> threading.Thread:
    """Start a thread that imports them; whoever needs one meanwhile waits for it, as for any import."""
    thread = threading.Thread(target=_import, daemon=True)
    thread.start()
    return thread


def _import() -> None:
    for library in LIBRARIES:
        importlib.import_module(library)
