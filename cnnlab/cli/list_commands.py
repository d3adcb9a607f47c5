"""The commands that list runs, networks and recipes."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from cnnlab import models
from cnnlab.cli.subparsers import AddCommand
from cnnlab.common.text import dimensions
from cnnlab.models import custom_store
from cnnlab.models.options import as_json
from cnnlab.runs import store
from cnnlab.training.recipes import RECIPES


def add_commands(command: AddCommand) -> None:
    """Enter the commands."""
    for name, run, what in (
        ("runs", _runs, "list the runs under checkpoints/"),
        ("models", _models, "list the networks"),
        ("recipes", _recipes, "list the recipes"),
    ):
        command(name, run, what).add_argument("--json", action="store_true", help="as one JSON array")


def _runs(options: argparse.Namespace) -> None:
    runs, unreadable = store.list_runs()
    for each in unreadable:
        print(f"cnnlab: {each.problem}", file=sys.stderr)
    rows = []
    for run in runs:
        outcome = run.outcome
        rows.append(
            {
                "run": run.name,
                "recipe": run.config.recipe,
                "network": run.config.network,
                "state": outcome.state if outcome else "unfinished",
                "epochs": run.epochs[-1],
                "test_accuracy": outcome and outcome.test_accuracy,
                "created": run.record.created.isoformat(),
            }
        )
    _show(rows, options.json)


def _models(options: argparse.Namespace) -> None:
    known, problems = custom_store.choices()
    for problem in problems:
        print(f"cnnlab: {problem}", file=sys.stderr)
    _show(
        [
            {
                "network": each.name,
                "parameters": models.parameter_count(models.outline(each.network, options=each.options)),
                **_published(each),
                "source": "own" if each.network == custom_store.CUSTOM else models.spec(each.network).source,
                "title": each.title,
                "options": _options(each, options.json),
            }
            for each in known
        ],
        options.json,
    )


def _published(network: custom_store.Choice) -> dict[str, Any]:
    """The images and classes it was published with, and its parameters then."""
    shape, classes = models.spec(network.network).made_for
    outline = models.outline(network.network, models.ImageSpec(shape, classes), options=network.options)
    return {
        "made_for": f"{dimensions(shape)}, {classes} classes",
        "published_parameters": models.parameter_count(outline),
    }


def _options(network: custom_store.Choice, whole: bool) -> Any:
    declared = models.spec(network.network).options
    if not whole:
        return ", ".join(each.name for each in declared) or None
    return {
        each.name: {"default": as_json(each.default), "allowed": each.allowed, "what": each.what} for each in declared
    }


def _recipes(options: argparse.Namespace) -> None:
    rows = [
        {
            "recipe": each.name,
            "title": each.title,
            "note": each.note,
            "reported": each.reported,
            "deviation": each.deviation,
            "config": each.config.as_dict(),
        }
        for each in RECIPES.values()
    ]
    if not options.json:
        rows = [{key: row[key] for key in ("recipe", "title", "reported")} for row in rows]
    _show(rows, options.json)


def _show(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print(json.dumps(rows))
        return
    columns = list(rows[0]) if rows else []
    table = [columns, *([_text(row[column]) for column in columns] for row in rows)]
    widths = [max(len(line[at]) for line in table) for at in range(len(columns))]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4f}"
    return "-" if value is None else str(value)
