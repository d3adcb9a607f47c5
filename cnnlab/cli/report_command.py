"""The command that writes the report of a run."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from cnnlab.cli.subparsers import AddCommand
from cnnlab.common.files import replacing
from cnnlab.errors import CnnlabError
from cnnlab.runs import store


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    report = command("report", _report, "write what a run learned, and how to make it again, as one HTML file")
    report.add_argument("run", metavar="RUN[@EPOCH]", help="a name under checkpoints/ or a path")
    report.add_argument("--out", type=Path, metavar="FILE", help="an .html (default: RUN.html here)")


def _report(options: argparse.Namespace) -> None:
    from cnnlab.report.findings import findings  # Altair and scikit-learn: no other command waits for them
    from cnnlab.report.whole_report import report_html

    run, epoch = store.find_run(options.run)
    out = options.out or Path(f"{run.name}.html")
    if out.suffix != ".html":
        raise CnnlabError(f"--out {out} does not end in .html: name the report so.")
    found = findings(run, epoch, lambda words: print(f"{run.name}: {words}", file=sys.stderr))
    text = report_html(found)
    with replacing(out) as file:
        file.write(text.encode())
    accuracy = found.predictions.accuracy
    print(json.dumps({"run": run.name, "epoch": epoch, "file": str(out), "accuracy": accuracy, "bytes": len(text)}))
