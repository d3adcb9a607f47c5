"""The laboratory without a browser. Progress goes to stderr, results to stdout as JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from cnnlab import models
from cnnlab.cli import run_files
from cnnlab.common import paths
from cnnlab.common.text import dimensions
from cnnlab.data.dataset import Dataset
from cnnlab.data.datasets import load as load_data
from cnnlab.data.datasets.mnist import CLASSES
from cnnlab.data.drawing.photographs import read_picture
from cnnlab.data.drawing.preprocessing import SIDE, prepare
from cnnlab.data.image_decoding import fitted
from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import shifts
from cnnlab.evaluation.evaluation_set import check_same, spread
from cnnlab.evaluation.predictions import predict
from cnnlab.evaluation.shift_report import shift_report
from cnnlab.models import custom_store
from cnnlab.models.families.ensemble_net import MEAN, RULES
from cnnlab.models.families.ensemble_net import NAME as ENSEMBLE
from cnnlab.models.options import thaw
from cnnlab.runs import ensemble_runs, launch, store
from cnnlab.training.devices import noted
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.recipes import RECIPES, recipe


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status: 0, or 1 after a sentence on stderr, or 2 for a wrong command line."""
    options = _parser().parse_args(arguments)
    try:
        options.command(options)
    except CnnlabError as error:
        print(f"cnnlab: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m cnnlab", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="command")

    train = _command(commands, "train", _train, "train a network by a recipe")
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

    evaluate = _command(commands, "evaluate", _evaluate, "test a run on its test images")
    evaluate.add_argument("run", metavar="RUN[@EPOCH]", help="a name under checkpoints/ or a path")

    read = _command(commands, "predict", _predict, "read drawn digits from picture files")
    read.add_argument("run", metavar="RUN[@EPOCH]")
    read.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="PNG or JPEG, any size, either polarity")

    moved = _command(commands, "shift", _shift, "test a run on its test images, moved by whole pixels")
    moved.add_argument("run", metavar="RUN[@EPOCH]", help="a name under checkpoints/ or a path")
    moved.add_argument("--max", type=int, default=8, help="the largest offset in pixels, 1 to 14 (default: 8)")
    moved.add_argument("--images", type=int, default=2_000, help="test images, evenly spread (default: 2000)")
    moved.add_argument("--fill", choices=list(shifts.FILLS), default=shifts.ZERO, help=_fills())

    several = _command(commands, "ensemble", _ensemble, "keep several runs that answer as one as a run of their own")
    several.add_argument("members", nargs="+", metavar="RUN[@EPOCH]")
    several.add_argument("--rule", choices=list(RULES), default=MEAN, help=", ".join(RULES.values()))
    several.add_argument("--name", default=ENSEMBLE, help="of the new run")
    run_files.add_commands(partial(_command, commands))

    for name, command, what in (
        ("runs", _runs, "list the runs under checkpoints/"),
        ("models", _models, "list the networks"),
        ("recipes", _recipes, "list the recipes"),
    ):
        _command(commands, name, command, what).add_argument("--json", action="store_true", help="as one JSON array")
    return parser


def _fills() -> str:
    return "; ".join(f"{name}: {what}" for name, what in shifts.FILLS.items())


def _command(commands: Any, name: str, run: Callable, what: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=what, description=what)
    parser.set_defaults(command=run)
    return parser


def _train(options: argparse.Namespace) -> None:
    changes = dict(_assignment(text) for text in options.set)
    named = {"epochs": options.epochs, "seed": options.seed, "device": options.device}
    changes |= {field: value for field, value in named.items() if value is not None}
    if options.network:
        chosen = custom_store.choice(options.network)
        changes = {"network": chosen.network, "options": chosen.options} | changes
    config = recipe(options.recipe).config.replace(**changes)
    run = launch.prepare(config, options.out, _DownloadBar())
    recorder = run.open_recorder()
    session = TrainingLoop(run.trainer(), recorder)
    try:
        outcome = _drive(session)
    except Exception as error:
        session.fail(str(error))
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
                "parameters": models.parameter_count(session.trainer.model),
                "device": noted(str(run.device), session.trainer.engine_note),
            }
        )
    )


def _drive(session: TrainingLoop):
    """Train to the end, or to Ctrl-C, with a progress bar on stderr."""
    trainer, stopped = session.trainer, False
    with tqdm(total=trainer.total_steps, unit="step", file=sys.stderr) as bar:
        try:
            session.begin()
            while not trainer.done:
                session.advance()
                bar.update()
                if trainer.at_epoch_end:
                    last = session.history.epochs[-1]
                    validated = "" if last.val_accuracy is None else f", validation {last.val_accuracy:.2%}"
                    bar.write(f"epoch {last.epoch}: training {last.train_accuracy:.2%}{validated}", file=sys.stderr)
        except KeyboardInterrupt:
            stopped = True
    return session.finish(stopped)


class _DownloadBar:
    """Shows a download on stderr; called with (file name, bytes so far, bytes in all)."""

    def __init__(self):
        self._bars: dict[str, tqdm] = {}

    def __call__(self, name: str, done: int, total: int) -> None:
        if name not in self._bars:
            self._bars[name] = tqdm(total=total, unit="B", unit_scale=True, desc=name, file=sys.stderr)
        self._bars[name].update(done - self._bars[name].n)


def _assignment(text: str) -> tuple[str, str]:
    field, equals, value = text.partition("=")
    if not equals:
        raise CnnlabError(f"--set {text!r} has no '=': write it as field=value, for example batch_size=128.")
    return field, value


def _evaluate(options: argparse.Namespace) -> None:
    run, epoch = store.find_run(options.run)
    checkpoint = store.load(run, epoch)
    test = _test_data(checkpoint)
    answers = predict(checkpoint.model, test)
    print(
        json.dumps(
            {
                "run": run.name,
                "epoch": epoch,
                "images": len(test),
                "accuracy": answers.accuracy,
                "loss": answers.loss,
                "per_digit": {name: right / count if count else None for name, right, count in answers.per_class},
                "confusion_matrix": answers.confusion.tolist(),
            }
        )
    )


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


def _test_data(checkpoint: store.Checkpoint) -> Dataset:
    config = checkpoint.config
    train, test = load_data(config.dataset, _DownloadBar())
    check_same(config.dataset, test, checkpoint.classes, checkpoint.image_shape)
    return split(config.split, train, test).test


def _shift(options: argparse.Namespace) -> None:
    if not 1 <= options.max <= shifts.FURTHEST:
        raise CnnlabError(f"--max is {options.max}: it must lie between 1 and {shifts.FURTHEST}.")
    run, epoch = store.find_run(options.run)
    checkpoint = store.load(run, epoch)
    test = _test_data(checkpoint)
    chosen = spread(len(test), options.images)
    with tqdm(total=1, bar_format="{percentage:3.0f} % {bar} {elapsed}", file=sys.stderr) as bar:
        found = shifts.sweep(
            checkpoint.model,
            test.images[chosen],
            test.labels[chosen],
            options.max,
            options.fill,
            lambda done: bar.update(done - bar.n),
        )
    print(json.dumps({"run": run.name, "epoch": epoch, "fill": options.fill, **shift_report(found, test.classes)}))


def _predict(options: argparse.Namespace) -> None:
    checkpoint = store.load(*store.find_run(options.run))
    failed = []
    for path in options.images:
        try:
            print(json.dumps({"image": str(path), **_answer(checkpoint, path)}), flush=True)
        except CnnlabError as error:
            failed.append(str(error))
            print(json.dumps({"image": str(path), "digit": None, "problem": str(error)}), flush=True)
    if failed:
        raise CnnlabError(f"{len(failed)} of {len(options.images)} images could not be read; {failed[0]}")


def _answer(checkpoint: store.Checkpoint, path: Path) -> dict[str, Any]:
    if tuple(checkpoint.classes) != CLASSES or checkpoint.image_shape != (1, SIDE, SIDE):
        return _answer_about(checkpoint, path)
    prepared = prepare(read_picture(path))
    if prepared.image is None:
        raise CnnlabError(f"{path}: {prepared.problem}")
    probabilities = models.probabilities_of(checkpoint.model, prepared.image)
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return {"digit": best, "probability": probabilities[best], "probabilities": probabilities}


def _answer_about(checkpoint: store.Checkpoint, path: Path) -> dict[str, Any]:
    """As _answer, of a network that does not read the ten digits: the picture is only scaled to what it reads."""
    try:
        image = fitted(path.read_bytes(), str(path), checkpoint.image_shape)
    except OSError as error:
        raise CnnlabError(f"{path} could not be read ({error.strerror or error}): choose another file.") from error
    probabilities = models.logits_of(checkpoint.model, torch.from_numpy(image)[None])[0].softmax(0).tolist()
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return {"class": checkpoint.classes[best], "probability": probabilities[best], "probabilities": probabilities}


def _runs(options: argparse.Namespace) -> None:
    runs, problems = store.list_runs()
    for problem in problems:
        print(f"cnnlab: {problem}", file=sys.stderr)
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
                "created": run.record["created"],
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
    outline = models.outline(network.network, in_shape=shape, classes=classes, options=network.options)
    return {
        "made_for": f"{dimensions(shape)}, {classes} classes",
        "published_parameters": models.parameter_count(outline),
    }


def _options(network: custom_store.Choice, whole: bool) -> Any:
    declared = models.spec(network.network).options
    if not whole:
        return ", ".join(each.name for each in declared) or None
    return {each.name: {"default": thaw(each.default), "allowed": each.allowed, "what": each.what} for each in declared}


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
