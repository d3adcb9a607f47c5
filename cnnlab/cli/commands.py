"""The laboratory without a browser. Progress goes to stderr, results to stdout as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from cnnlab.cli import lab_command
from cnnlab.cli.subparsers import adding_to
from cnnlab.errors import CnnlabError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, or 1 after a sentence on stderr, or 2 for a wrong command line."""
    arguments = sys.argv[1:] if arguments is None else arguments
    try:
        if arguments and arguments[0] in lab_command.GIVEN:  # whatever follows is Streamlit's to understand
            lab_command.start([*lab_command.GIVEN[arguments[0]], *arguments[1:]])
            return 0
        options = _parser().parse_args(arguments)
        options.command(options)
    except CnnlabError as error:
        print(f"cnnlab: {error}", file=sys.stderr)
        return 1
    except (OSError, UnicodeError) as error:  # a path that no system can have, or a disk that refuses
        print(f"cnnlab: {CnnlabError(str(error))}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    # Only here, because they load torch: the dashboard need not wait for it.
    from cnnlab.cli import (
        code_command,
        data_commands,
        ensemble_command,
        evaluate_commands,
        list_commands,
        report_command,
        run_files,
        sweep_command,
        train_command,
    )

    parser = argparse.ArgumentParser(prog="python -m cnnlab", description=__doc__)
    add = adding_to(parser)
    groups = (
        lab_command,
        train_command,
        sweep_command,
        evaluate_commands,
        ensemble_command,
        run_files,
        code_command,
        report_command,
        data_commands,
        list_commands,
    )
    for group in groups:
        group.add_commands(add)
    return parser
