"""The command that trains a network."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

from tqdm import tqdm

from cnnlab import models
from cnnlab.cli.progress_bars import DownloadBar
from cnnlab.cli.subparsers import AddCommand
from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.models import custom_store
from cnnlab.runs import folders, launch, store
from cnnlab.training.devices import noted
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.recipes import recipe
from cnnlab.training.results import Outcome


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    train = command("train", _train, "train a network by a recipe")
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("--recipe", help="a name from `recipes`")
    what.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or interrupted")
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
    folders.sweep(options.out)
    run = _resumed(options) if options.resume else _new(options)
    recorder = run.open_recorder()
    interruption = threading.Event()
    with _obeying(interruption), closing(recorder):
        loop = run.loop(recorder)
        loop.trainer.interrupted = interruption.is_set
        try:
            outcome = _drive(loop, interruption)
        except BaseException as error:
            loop.fail(str(error) or type(error).__name__)
            raise
    print(
        json.dumps(
            {
                "run": recorder.name,
                "state": outcome.state,
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


def _resumed(options: argparse.Namespace) -> PreparedRun:
    others = [options.network, options.epochs, options.seed, options.device, *options.set]
    if any(each is not None for each in others):
        raise CnnlabError("--resume goes on with a run's own settings: leave the others out.")
    run, _ = store.find_run(options.resume, options.out)
    return launch.resume(run, DownloadBar())


def _new(options: argparse.Namespace) -> PreparedRun:
    changes: dict[str, Any] = dict(_assignment(text) for text in options.set)
    named = {"epochs": options.epochs, "seed": options.seed, "device": options.device}
    changes |= {field: value for field, value in named.items() if value is not None}
    if options.network is not None:
        chosen = custom_store.choice(options.network)
        changes = {"network": chosen.network, "options": chosen.options} | changes
    config = recipe(options.recipe).config.replace(**changes)
    return launch.prepare(config, options.out, DownloadBar())


@contextmanager
def _obeying(interruption: threading.Event) -> Iterator[None]:
    """Within the block Ctrl-C and SIGTERM set `interruption`, wherever the training stands; a second one ends it."""

    def note(number: int, frame: FrameType | None) -> None:
        if interruption.is_set():
            raise KeyboardInterrupt
        interruption.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _drive(loop: TrainingLoop, interruption: threading.Event) -> Outcome:
    """Train to the end, or until `interruption`, with a progress bar on stderr."""
    trainer = loop.trainer
    with tqdm(total=trainer.total_steps, unit="step", file=sys.stderr) as bar:
        try:
            loop.begin()
            bar.update(trainer.step_count)
            while not trainer.done:
                if interruption.is_set():
                    raise InterruptionError
                loop.advance()
                bar.update()
                if trainer.at_epoch_end:
                    last = loop.history.epochs[-1]
                    validated = "" if last.val_accuracy is None else f", validation {last.val_accuracy:.2%}"
                    bar.write(f"epoch {last.epoch}: training {last.train_accuracy:.2%}{validated}", file=sys.stderr)
            return loop.finish(stopped=False)
        except InterruptionError:
            return loop.finish(stopped=True)


def _assignment(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise CnnlabError(f"--set {text!r} has no '=': write it as field=value, for example batch_size=128.")
    return field, value
