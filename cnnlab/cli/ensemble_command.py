"""The command that keeps several runs as one."""

from __future__ import annotations

import argparse
import json

from cnnlab.cli.subparsers import AddCommand
from cnnlab.models.families.ensemble_net import MEAN, RULES
from cnnlab.models.families.ensemble_net import NAME as ENSEMBLE
from cnnlab.runs import ensemble_runs, store


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    several = command("ensemble", _ensemble, "keep several runs that answer as one as a run of their own")
    several.add_argument("members", nargs="+", metavar="RUN[@EPOCH]")
    several.add_argument("--rule", choices=list(RULES), default=MEAN, help=", ".join(RULES.values()))
    several.add_argument("--name", default=ENSEMBLE, help="of the new run")


def _ensemble(options: argparse.Namespace) -> None:
    members = [store.load(*store.find_run(reference)) for reference in options.members]
    run, outcome = ensemble_runs.save(members, options.rule, options.name)
    print(
        json.dumps(
            {
                "run": run,
                "members": [f"{member.run}@{member.epoch}" for member in members],
                "rule": options.rule,
                "test_accuracy": outcome.test_accuracy,
                "test_loss": outcome.test_loss,
                "val_accuracy": outcome.val_accuracy,
            }
        )
    )
