"""The commands that take a run along as one file and bring it back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cnnlab.cli.subparsers import AddCommand
from cnnlab.common import paths
from cnnlab.runs import archive, store


def add_commands(command: AddCommand) -> None:
    """Enter the commands."""
    take = command("export", _export, "write a run as one file, to take along")
    take.add_argument("run", metavar="RUN", help="a name under checkpoints/ or a path")
    take.add_argument("file", type=Path, metavar="FILE", help="a .zip, or the folder to put it into")

    bring = command("import", _import, "make an exported run one of the runs under checkpoints/")
    bring.add_argument("file", type=Path, metavar="FILE")


def _export(options: argparse.Namespace) -> None:
    run, _ = store.find_run(options.run)
    file = archive.export(run, options.file)
    print(json.dumps({"run": run.name, "file": str(file), "bytes": file.stat().st_size}))


def _import(options: argparse.Namespace) -> None:
    run = archive.read(options.file, options.file.name, paths.checkpoints())
    print(json.dumps({"run": run.name, "epochs": list(run.epochs), "folder": str(run.path)}))
