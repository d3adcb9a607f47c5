"""The command that trains a network."""

from __future__ import annotations

import argparse
import json
import sys
import threading
from contextlib import closing, suppress
from pathlib import Path

from tqdm import tqdm

from cnnlab import models
from cnnlab.cli import setting_arguments
from cnnlab.cli.interruptions import obeying
from cnnlab.cli.progress_bars import DownloadBar
from cnnlab.cli.subparsers import AddCommand
from cnnlab.common import paths
from cnnlab.errors import CnnlabError
from cnnlab.runs import folders, launch, store
from cnnlab.training.devices import noted
from cnnlab.training.following import Leader, follow
from cnnlab.training.interruption import InterruptionError
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.ranks import RankGoneError, Ranks, launched
from cnnlab.training.recipes import recipe
from cnnlab.training.results import Outcome


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    train = command("train", _train, "train a network by a recipe")
    what = train.add_mutually_exclusive_group(required=True)
    what.add_argument("--recipe", help="a name from `recipes`")
    what.add_argument("--resume", metavar="RUN", help="go on with a run that was stopped or interrupted")
    setting_arguments.add_settings(train)
    train.add_argument(
        "--out", type=Path, default=paths.checkpoints(), help="folder for the run (default: checkpoints)"
    )


def _train(options: argparse.Namespace) -> None:
    ranks = launched()
    with ranks.together():
        with ranks.in_turn():
            run = (_resumed(options, ranks) if options.resume else _new(options, ranks)).shared(ranks)
        interruption = threading.Event()
        with obeying(interruption):
            if ranks.leads:
                _lead(run, options, interruption)
            else:
                follow(run, interruption.is_set)


def _lead(run: PreparedRun, options: argparse.Namespace, interruption: threading.Event) -> None:
    """Train, keep the run and print what became of it."""
    folders.sweep(options.out)
    recorder, leader = run.open_recorder(), Leader(run.ranks)
    with closing(recorder):
        loop = run.loop(recorder)
        loop.trainer.interrupted = lambda: interruption.is_set() or recorder.stop_asked()
        try:
            outcome = _drive(loop, leader)
        except RankGoneError as error:
            sentence = f"{error} Go on with `python -m cnnlab train --resume {recorder.name}`, alone or with torchrun."
            loop.break_off(sentence)
            raise CnnlabError(sentence) from error
        except BaseException as error:
            loop.fail(str(error) or type(error).__name__)
            if isinstance(error, CnnlabError):  # between two steps, where the others wait
                with suppress(RankGoneError):
                    leader.dismiss()
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


def _resumed(options: argparse.Namespace, ranks: Ranks) -> PreparedRun:
    if setting_arguments.given(options):
        raise CnnlabError("--resume goes on with a run's own settings: leave the others out.")
    run, _ = store.find_run(options.resume, options.out)
    return launch.resume(run, DownloadBar() if not ranks.local else None)


def _new(options: argparse.Namespace, ranks: Ranks) -> PreparedRun:
    config = recipe(options.recipe).config.replace(**setting_arguments.changes(options))
    return launch.prepare(config, options.out, DownloadBar() if not ranks.local else None)


def _drive(loop: TrainingLoop, leader: Leader) -> Outcome:
    """Train to the end, or until this process or another is interrupted, with a progress bar on stderr."""
    trainer = loop.trainer
    with tqdm(total=trainer.total_steps, unit="step", file=sys.stderr) as bar:
        try:
            loop.begin()
            bar.update(trainer.step_count)
            while not trainer.done:
                if not leader.goes_on(trainer, stop=trainer.interrupted()):
                    raise InterruptionError
                loop.advance()
                bar.update()
                if trainer.at_epoch_end:
                    last = loop.history.epochs[-1]
                    validated = "" if last.val_accuracy is None else f", validation {last.val_accuracy:.2%}"
                    bar.write(f"epoch {last.epoch}: training {last.train_accuracy:.2%}{validated}", file=sys.stderr)
            with suppress(RankGoneError):  # nobody is needed any more
                leader.dismiss()
            return loop.finish(stopped=False)
        except InterruptionError:
            leader.dismiss()
            return loop.finish(stopped=True)
