"""The command that writes the program of a run or a recipe."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from cnnlab.cli.subparsers import AddCommand
from cnnlab.common.files import replacing
from cnnlab.errors import CnnlabError
from cnnlab.runs.export.script.notebook import notebook_of
from cnnlab.runs.export.script.whole_script import code_of


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    code = command("code", _code, "write a run or recipe as one program on torch and torchvision alone")
    code.add_argument("name", metavar="RUN|RECIPE", help="a run goes before a recipe of its name")
    code.add_argument("--out", type=Path, metavar="FILE", help="a .py, or an .ipynb for a notebook (default: stdout)")


def _code(options: argparse.Namespace) -> None:
    script, out = code_of(options.name), options.out
    if out is None:
        print(script.python, end="")
        return
    if out.suffix not in (".py", ".ipynb"):
        raise CnnlabError(f"--out {out} ends in neither .py nor .ipynb: choose a Python file or a notebook.")
    text = notebook_of(script) if out.suffix == ".ipynb" else script.python
    with replacing(out) as file:
        file.write(text.encode())
    print(json.dumps({"code": script.name, "file": str(out), "lines": script.python.count("\n")}))
