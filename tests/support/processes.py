"""Processes of their own for tests: forked where that can be, as a new Python imports the libraries for seconds."""

from __future__ import annotations

import multiprocessing
import sys
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

_WAYS = multiprocessing.get_context("fork" if sys.platform == "linux" else "spawn")


def started(work: Callable[..., object], *arguments: Any, daemon: bool = True) -> tuple[BaseProcess, Connection]:
    """A process that carries out `work(pipe, *arguments)`, and the other end of that pipe.

    A daemon ends with the tests, and can start no process itself.
    """
    here, there = _WAYS.Pipe()
    process = _WAYS.Process(target=work, args=(there, *arguments), daemon=daemon)
    process.start()
    there.close()  # so that reading raises EOFError once the process is gone
    return process, here


def ended(process: BaseProcess) -> int:
    """The exit code of a process that ends by itself; negative for a signal."""
    process.join()
    assert process.exitcode is not None
    return process.exitcode
