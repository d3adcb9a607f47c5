"""The settings of runs on the command line: a recipe, and what is changed of it."""

from __future__ import annotations

import argparse
from typing import Any

from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Let `parser` take what `changes` reads."""
    parser.add_argument("--network", help="a name from `models` instead of the recipe's network")
    parser.add_argument("--epochs", help="passes over the training images")
    parser.add_argument("--seed", help="of weights, order and dropout")
    parser.add_argument("--device", help="auto, cpu, cuda or mps")
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="field=value",
        help="any other setting; options.NAME=value for one of the network",
    )


def given(options: argparse.Namespace) -> bool:
    """Whether any of them was said."""
    others = [options.network, options.epochs, options.seed, options.device, *options.set]
    return any(each is not None for each in others)


def changes(options: argparse.Namespace) -> dict[str, Any]:
    """What is changed of the recipe, by setting, as it was typed. Raises CnnlabError for one without a value."""
    found: dict[str, Any] = dict(_assignment(text) for text in options.set)
    named = {"epochs": options.epochs, "seed": options.seed, "device": options.device}
    found |= {field: value for field, value in named.items() if value is not None}
    if options.network is not None:
        chosen = custom_store.choice(options.network)
        found = {"network": chosen.network, "options": chosen.options} | found
    return found


def _assignment(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise CnnlabError(f"--set {text!r} has no '=': write it as field=value, for example batch_size=128.")
    return field, value
