"""The command that starts the dashboard, from whatever folder."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Sequence

from cnnlab.cli.subparsers import AddCommand, Command
from cnnlab.common import paths
from cnnlab.errors import CnnlabError

# what each command gives to `streamlit run`
GIVEN: dict[str, tuple[str, ...]] = {"lab": (), "class": ("--server.address", "0.0.0.0")}


def add_commands(command: AddCommand) -> None:
    """Enter the commands, for the list of all."""
    command("lab", _start(*GIVEN["lab"]), "start the dashboard; further arguments are those of `streamlit run`")
    command("class", _start(*GIVEN["class"]), "start it for other machines of this network, too: they look on")


def start(arguments: Sequence[str]) -> None:
    """`streamlit run app.py` with further arguments, in this process; ends as it does, by SystemExit.

    Raises CnnlabError where the dashboard's files are missing.
    """
    app = paths.LAB / "app.py"
    if not app.exists():
        raise CnnlabError(f"There is no {app}: install cnnlab again with pip, or start it from its checkout.")
    sys.argv = ["streamlit", "run", str(app), *arguments]
    runpy.run_module("streamlit", run_name="__main__", alter_sys=True)


def _start(*arguments: str) -> Command:
    return lambda _options: start(arguments)
