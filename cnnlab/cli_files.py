"""The commands that take runs along and bring them in."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path

from cnnlab import checkpoints
from cnnlab.runs import transfer


def add_commands(command: Callable[[str, Callable, str], argparse.ArgumentParser]) -> None:
    """Enter the commands; `command(name, function, what)` makes a parser."""
    take = command("export", _export, "write a run as one file, to take along")
    take.add_argument("run", metavar="RUN", help="a name under checkpoints/ or a path")
    take.add_argument("file", type=Path, metavar="FILE", help="a .zip, or the folder to put it into")

    bring = command("import", _import, "make an exported run one of the runs under checkpoints/")
    bring.add_argument("file", type=Path, metavar="FILE")


def _export(options: argparse.Namespace) -> None:
    run, _ = checkpoints.find_run(options.run)
    file = transfer.export(run, options.file)
    print(json.dumps({"run": run.name, "file": str(file), "bytes": file.stat().st_size}))


def _import(options: argparse.Namespace) -> None:
    run = transfer.read(options.file, options.file.name, checkpoints.ROOT)
    print(json.dumps({"run": run.name, "epochs": list(run.epochs), "folder": str(run.path)}))
