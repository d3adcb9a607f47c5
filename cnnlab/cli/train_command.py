"""The command that trains a network."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from tqdm import tqdm

from cnnlab import models
from cnnlab.cli.progress_bars import DownloadBar
from cnnlab.cli.subparsers import AddCommand
from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store
from cnnlab.runs import launch
from cnnlab.training.devices import noted
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.recipes import recipe
from cnnlab.training.results import Outcome


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    train = command("train", _train, "train a network by a recipe")
    train.add_argument("--recipe", required=True, help="a name from `recipes`")
    train.add_argument("--network", help="a name from `models` instead of the recipe's network")
    train.add_argument("--epochs", help="passes over the training images")
    train.add_argument("--seed", help="of weights, order and dropout")
    train.add_argument("--device", help="auto, cpu, cuda or mps")
    train.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="field=value",
        help="any other setting; options.NAME=value for one of the network",
    )
    train.add_argument(
        "--out", type=Path, default=paths.checkpoints(), help="folder for the run (default: checkpoints)"
    )


def _train(options: argparse.Namespace) -> None:
    changes: dict[str, Any] = dict(_assignment(text) for text in options.set)
    named = {"epochs": options.epochs, "seed": options.seed, "device": options.device}
    changes |= {field: value for field, value in named.items() if value is not None}
    if options.network:
        chosen = custom_store.choice(options.network)
        changes = {"network": chosen.network, "options": chosen.options} | changes
    config = recipe(options.recipe).config.replace(**changes)
    run = launch.prepare(config, options.out, DownloadBar())
    recorder = run.open_recorder()
    loop = TrainingLoop(run.trainer(), recorder)
    try:
        outcome = _drive(loop)
    except Exception as error:
        loop.fail(str(error))
        raise
    print(
        json.dumps(
            {
                "run": recorder.name,
                "test_accuracy": outcome.test_accuracy,
                "test_loss": outcome.test_loss,
                "val_accuracy": outcome.val_accuracy,
                "epochs": outcome.epochs,
                "seconds": round(outcome.seconds, 2),
                "images_per_second": round(outcome.images_per_second, 1),
                "parameters": models.parameter_count(loop.trainer.model),
                "device": noted(str(run.device), loop.trainer.engine_note),
            }
        )
    )


def _drive(loop: TrainingLoop) -> Outcome:
    """Train to the end, or to Ctrl-C, with a progress bar on stderr."""
    trainer = loop.trainer
    with tqdm(total=trainer.total_steps, unit="step", file=sys.stderr) as bar:
        try:
            loop.begin()
            while not trainer.done:
                loop.advance()
                bar.update()
                if trainer.at_epoch_end:
                    last = loop.history.epochs[-1]
                    validated = "" if last.val_accuracy is None else f", validation {last.val_accuracy:.2%}"
                    bar.write(f"epoch {last.epoch}: training {last.train_accuracy:.2%}{validated}", file=sys.stderr)
            return loop.finish(stopped=False)
        except KeyboardInterrupt:
            return loop.finish(stopped=True)


def _assignment(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise CnnlabError(f"--set {text!r} has no '=': write it as field=value, for example batch_size=128.")
    return field, value
