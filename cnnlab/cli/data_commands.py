"""The commands that add a data set and list what there is."""

from __future__ import annotations

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tqdm import tqdm

from cnnlab.cli.subparsers import AddCommand
from cnnlab.data import datasets
from cnnlab.data.datasets import custom
from cnnlab.errors import CnnlabError


def add_commands(command: AddCommand) -> None:
    """Enter the commands."""
    add = command("add-data", _add_data, "make a folder of class-named picture folders a data set")
    add.add_argument("source", type=Path, metavar="FOLDER|ZIP", help="class/picture, or train/class/… and test/class/…")
    add.add_argument("--name", default="", help="what to call it (default: as the folder)")
    add.add_argument(
        "--size", type=int, help="scale to so many pixels a side (default: the most common size, up to 64)"
    )

    listed = command("data", _data, "list the data sets")
    listed.add_argument("--json", action="store_true", help="as one JSON array")


def _add_data(options: argparse.Namespace) -> None:
    source = options.source.resolve()
    bars: list[tqdm] = []
    with ExitStack() as closing:

        def show(name: str, done: int, total: int) -> None:
            if not bars:  # only now: what is refused at once must not show a bar
                bars.append(closing.enter_context(tqdm(total=total, unit="picture", desc=name, file=sys.stderr)))
            bars[0].update(done - bars[0].n)

        about = custom.add(source, source.name, options.name, options.size, show)
    print(json.dumps(_described(about)))


def _described(about: custom.Description) -> dict[str, Any]:
    counts = zip(about.classes, about.train, about.test, strict=True)
    return {
        "dataset": about.name,
        "shape": list(about.shape),
        "classes": {name: {"train": train, "test": test} for name, train, test in counts},
        "mean": list(about.mean),
        "std": list(about.std),
        "notes": list(about.notes),
    }


def _data(options: argparse.Namespace) -> None:
    """Custom sets are described; the others only named, as they may have to be downloaded first."""
    rows = [{"dataset": each.name, "about": each.about} for each in datasets.specs()]
    for name in custom.names():
        try:
            about = custom.describe(name)
            rows.append({**_described(about), "about": about.sentence.partition(": ")[2]})
        except CnnlabError as error:
            rows.append({"dataset": name, "about": str(error)})
    if options.json:
        print(json.dumps(rows))
        return
    width = max(len(row["dataset"]) for row in rows)
    for row in rows:
        print(f"{row['dataset']:{width}}  {row['about']}")
