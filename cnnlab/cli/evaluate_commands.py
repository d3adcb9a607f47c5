"""The commands that let a run answer: on its test images, on shifted ones, on pictures from files."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import torch
from tqdm import tqdm

from cnnlab import models
from cnnlab.cli.progress_bars import DownloadBar
from cnnlab.cli.subparsers import AddCommand
from cnnlab.data.dataset import Dataset
from cnnlab.data.datasets import load as load_data
from cnnlab.data.datasets.mnist import CLASSES
from cnnlab.data.image_decoding import fitted
from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError
from cnnlab.evaluation import shifts, sweep_files
from cnnlab.evaluation.evaluation_set import check_same, evaluation_sets, spread
from cnnlab.evaluation.predictions import predict
from cnnlab.evaluation.shift_report import shift_report
from cnnlab.runs import store


def add_commands(command: AddCommand) -> None:
    """Enter the commands."""
    evaluate = command("evaluate", _evaluate, "test a run on its test images")
    evaluate.add_argument("run", metavar="RUN[@EPOCH]", help="a name under checkpoints/ or a path")

    read = command("predict", _predict, "read drawn digits from picture files")
    read.add_argument("run", metavar="RUN[@EPOCH]")
    read.add_argument("images", nargs="+", type=Path, metavar="IMAGE", help="PNG or JPEG, any size, either polarity")

    moved = command("shift", _shift, "test a run on its test images, moved by whole pixels")
    moved.add_argument("run", metavar="RUN[@EPOCH]", help="a name under checkpoints/ or a path")
    moved.add_argument("--max", type=int, default=8, help="the largest offset in pixels, 1 to 14 (default: 8)")
    moved.add_argument("--images", type=int, default=2_000, help="test images, evenly spread (default: 2000)")
    moved.add_argument("--fill", choices=list(shifts.FILLS), default=shifts.ZERO, help=_fills())
    moved.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="keep the answers for the Shift page, as data/sweeps"
    )


def _fills() -> str:
    return "; ".join(f"{name}: {what}" for name, what in shifts.FILLS.items())


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


def _test_data(checkpoint: store.Checkpoint) -> Dataset:
    config = checkpoint.config
    train, test = load_data(config.dataset, DownloadBar())
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

        def show(done: float) -> None:
            bar.update(done - bar.n)

        found = shifts.sweep(
            checkpoint.model,
            test.images[chosen],
            test.labels[chosen],
            options.max,
            options.fill,
            show,
        )
    if options.keep:
        config = checkpoint.config
        images = evaluation_sets(config.dataset, config.split, *load_data(config.dataset))[0].key
        key = shifts.sweep_key(checkpoint.digest, images, len(chosen), options.max, options.fill)
        sweep_files.write(key, found, options.keep)
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
    from cnnlab.data.drawing.photographs import read_picture  # SciPy: no other command waits for it
    from cnnlab.data.drawing.preprocessing import SIDE, prepare

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
