"""The commands that take a run or its network along as one file, and bring a run back."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cnnlab.cli.subparsers import AddCommand
from cnnlab.common import paths
from cnnlab.runs import archive, store
from cnnlab.runs.export.network_file import FORMATS, export_network

ZIP = "zip"


def add_commands(command: AddCommand) -> None:
    """Enter the commands."""
    take = command("export", _export, "write a run, or its network for other tools, as one file to take along")
    take.add_argument("run", metavar="RUN[@EPOCH]", help="a name under checkpoints/ or a path")
    take.add_argument("file", type=Path, nargs="?", default=Path(), metavar="FILE", help="a file, or the folder for it")
    take.add_argument(
        "--format",
        choices=(ZIP, *FORMATS),
        help="zip: the whole run; onnx: the network, pixels in, logits out; pt2: for torch.export.load "
        "(default: what FILE ends in)",
    )
    bring = command("import", _import, "make an exported run one of the runs under checkpoints/")
    bring.add_argument("file", type=Path, metavar="FILE")


def _export(options: argparse.Namespace) -> None:
    run, epoch = store.find_run(options.run)
    ending = options.file.suffix.removeprefix(".")
    kind = options.format or (ending if ending in FORMATS else ZIP)
    if kind == ZIP:
        file = archive.export(run, options.file)
    else:
        file = export_network(store.load(run, epoch), kind, options.file)
    print(json.dumps({"run": run.name, "file": str(file), "bytes": file.stat().st_size}))


def _import(options: argparse.Namespace) -> None:
    run = archive.read(options.file, options.file.name, paths.checkpoints())
    print(json.dumps({"run": run.name, "epochs": list(run.epochs), "folder": str(run.path)}))
