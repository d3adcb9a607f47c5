"""How a group of commands enters its own into the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Command = Callable[[argparse.Namespace], None]
AddCommand = Callable[[str, Command, str], argparse.ArgumentParser]  # (name, what it runs, what it does) -> its parser


def adding_to(parser: argparse.ArgumentParser) -> AddCommand:
    """A function that gives `parser` one more command."""
    commands = parser.add_subparsers(required=True, metavar="command")

    def add(name: str, run: Command, what: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what)
        command.set_defaults(command=run)
        return command

    return add
