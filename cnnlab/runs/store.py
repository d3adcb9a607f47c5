"""Runs on disk: one folder a run, one safetensors file a kept epoch, one JSON beside them.

Nothing here unpickles: a foreign file can at worst be refused. Every file is written whole or not at all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from functools import cached_property
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

import cnnlab
from cnnlab import models
from cnnlab.common import paths
from cnnlab.common.files import free, replacing
from cnnlab.errors import CnnlabError
from cnnlab.training.config import TrainConfig
from cnnlab.training.history import History
from cnnlab.training.results import EpochResult, Evaluation, Event, Outcome, best_epoch

SCHEMA = 1
HISTORY_POINTS = 2_000  # losses kept in the JSON; longer runs are thinned
_EPOCH_FILE = re.compile(r"epoch-(\d{3,})\.safetensors")


@dataclass(frozen=True)
class Checkpoint:
    """A network at the end of an epoch. model: on the CPU, in evaluation mode; do not change it."""

    run: str
    epoch: int
    model: nn.Module
    config: TrainConfig
    classes: tuple[str, ...]
    image_shape: tuple[int, int, int]
    digest: str


@dataclass(frozen=True)
class Run:
    """A run's folder. epochs: the numbers whose weights are on disk, ascending."""

    path: Path
    epochs: tuple[int, ...]
    record: dict[str, Any] = field(repr=False)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @cached_property
    def config(self) -> TrainConfig:
        """The settings it was trained with."""
        return TrainConfig.from_dict(self.record["config"])

    @property
    def results(self) -> list[EpochResult]:
        """A row for every epoch."""
        return [EpochResult(**row) for row in self.record["epochs"]]

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it trains, or after its process was killed."""
        return Outcome(**self.record["outcome"]) if self.record.get("outcome") else None

    @property
    def best_epoch(self) -> int:
        """The kept epoch with the highest validation accuracy."""
        return (
            best_epoch([row for row in self.results if row.epoch in self.epochs]) if self.results else self.epochs[-1]
        )

    @property
    def losses(self) -> list[tuple[int, float]]:
        """(step, training loss), thinned to some 2,000 points."""
        return [tuple(point) for point in self.record.get("losses", [])]

    @property
    def evaluations(self) -> list[Evaluation]:
        """The measurements inside its epochs."""
        return [Evaluation(**row) for row in self.record.get("evaluations", [])]

    @property
    def events(self) -> list[Event]:
        """What happened to it on the way."""
        return [Event(**row) for row in self.record.get("events", [])]

    def file(self, epoch: int) -> Path:
        """Where the weights of `epoch` lie."""
        return self.path / f"epoch-{epoch:03d}.safetensors"


class RunWriter:
    """Writes a run's folder while it trains; a cnnlab.training.loop.Recorder."""

    def __init__(
        self, root: Path, config: TrainConfig, classes: Sequence[str], image_shape: Sequence[int], name: str = ""
    ):
        """Make the folder root/<name>, or <name>-2, -3 … where that is taken. Raises CnnlabError if it cannot.

        Without a name it is called after the recipe.
        """
        self.path = _new_folder(Path(root), name or config.recipe)
        self.name = self.path.name
        self._keep = config.keep
        self._identity = {
            "schema": SCHEMA,
            "config": config.as_dict(),
            "classes": list(classes),
            "image_shape": list(image_shape),
            "versions": {"cnnlab": cnnlab.__version__, "torch": torch.__version__},
        }
        self._created = datetime.now(timezone.utc).isoformat(timespec="seconds")
        self._epochs: list[EpochResult] = []

    def save_epoch(self, weights: dict[str, Tensor], epochs: list[EpochResult]) -> None:
        """Keep the weights of the last of `epochs` and list them. Raises CnnlabError when the disk refuses."""
        self._epochs = list(epochs)
        last = epochs[-1]
        identity = {key: json.dumps(value) for key, value in self._identity.items()}
        metadata = {**identity, "epoch": str(last.epoch), "metrics": json.dumps(dataclasses.asdict(last))}
        self._write(f"epoch-{last.epoch:03d}.safetensors", safetensors.torch.save(weights, metadata))
        self._write_record()
        if self._keep:
            self._drop_others()

    def _drop_others(self) -> None:
        """Remove all weights but those of the untrained network, the best epoch and the last ones to keep."""
        numbers = [row.epoch for row in self._epochs]
        kept = {0, best_epoch(self._epochs), *numbers[-self._keep :]}
        for number in numbers:
            if number not in kept:
                with contextlib.suppress(OSError):  # it costs space, no more
                    (self.path / f"epoch-{number:03d}.safetensors").unlink(missing_ok=True)

    def finish(self, outcome: Outcome, history: History) -> None:
        """Keep how the run ended, and its curves. Raises CnnlabError when the disk refuses."""
        losses = history.losses
        stride = max(1, len(losses) // HISTORY_POINTS)
        self._write_record(
            outcome=dataclasses.asdict(outcome),
            losses=[[step + 1, round(float(losses[step]), 5)] for step in range(0, len(losses), stride)],
            evaluations=[dataclasses.asdict(evaluation) for evaluation in history.evaluations],
            events=[dataclasses.asdict(event) for event in history.events],
        )

    def _write_record(self, **ending: Any) -> None:
        record = {
            **self._identity,
            "created": self._created,
            "epochs": [dataclasses.asdict(epoch) for epoch in self._epochs],
            **ending,
        }
        self._write("run.json", json.dumps(record, indent=1).encode())

    def _write(self, name: str, content: bytes) -> None:
        try:
            with replacing(self.path / name) as file:
                file.write(content)
        except OSError as error:
            raise CnnlabError(
                f"{self.path / name} could not be saved ({error.strerror or error}): free some space or make the "
                "folder writable. Everything saved before is intact."
            ) from error


def list_runs(root: Path | None = None) -> tuple[list[Run], list[str]]:
    """(the readable runs under `root`, newest first; a sentence for each that had to be skipped).

    root: paths.checkpoints() by default.
    """
    runs, problems = [], []
    for record in (root or paths.checkpoints()).glob("*/run.json"):
        try:
            runs.append(open_run(record.parent))
        except CnnlabError as error:
            problems.append(str(error))
    return sorted(runs, key=lambda run: run.record["created"], reverse=True), sorted(problems)


def find_run(reference: str, root: Path | None = None) -> tuple[Run, int]:
    """(run, epoch) for RUN[@EPOCH]: RUN a name under `root` or a path; EPOCH a number, `best` or `last`, the default.

    Raises CnnlabError naming the runs or epochs there are.
    """
    root = root or paths.checkpoints()
    name, _, wanted = reference.partition("@")
    folder = root / name if (root / name / "run.json").exists() else Path(name)
    if not (folder / "run.json").exists():
        known = ", ".join(run.name for run in list_runs(root)[0]) or "none yet"
        raise CnnlabError(f"There is no run {name!r} under {root}: choose one of {known}, or give a run's folder.")
    run = open_run(folder)
    if wanted in ("", "last"):
        return run, run.epochs[-1]
    if wanted == "best":
        return run, run.best_epoch
    if not wanted.isdecimal() or int(wanted) not in run.epochs:
        raise CnnlabError(f"{run.name} has no epoch {wanted!r}: choose one of {', '.join(map(str, run.epochs))}.")
    return run, int(wanted)


def open_run(folder: Path) -> Run:
    """The run in `folder`. Raises CnnlabError when its run.json or all its weights are missing or damaged."""
    try:
        record = json.loads((folder / "run.json").read_text())
        if record["schema"] != SCHEMA:
            raise CnnlabError(f"{folder / 'run.json'} has schema {record['schema']!r}, this cnnlab reads {SCHEMA}.")
        epochs = sorted(int(match[1]) for file in folder.iterdir() if (match := _EPOCH_FILE.fullmatch(file.name)))
        run = Run(folder, tuple(epochs), record)
        run.config, run.results, run.outcome, run.evaluations, run.events, run.record["created"]  # noqa: B018  (are they readable?)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise CnnlabError(f"{folder / 'run.json'} is damaged ({error}): restore it or remove the folder.") from error
    if not epochs:
        raise CnnlabError(f"{folder} holds no weights (epoch-NNN.safetensors): remove the folder or restore them.")
    return run


def load(run: Run, epoch: int) -> Checkpoint:
    """The network of `run` at the end of `epoch`. Raises CnnlabError naming the file when it cannot be used."""
    return load_file(run.file(epoch), run.name)


def load_file(path: Path, run: str | None = None) -> Checkpoint:
    """The network in one safetensors file. Raises CnnlabError naming the file when it cannot be used."""
    try:
        content = path.read_bytes()
        tensors = safetensors.torch.load(content)
        with safe_open(path, "np") as file:
            metadata = file.metadata() or {}
        config = TrainConfig.from_dict(json.loads(metadata["config"]))
        classes, image_shape = (tuple(json.loads(metadata[key])) for key in ("classes", "image_shape"))
        model = rebuild(config, classes, image_shape, tensors)
    except OSError as error:
        raise CnnlabError(f"{path} could not be read ({error.strerror or error}).") from error
    except (SafetensorError, KeyError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise CnnlabError(f"{path} is damaged or no cnnlab checkpoint ({reason}): restore it or remove it.") from error
    digest = hashlib.sha256(content).hexdigest()
    return Checkpoint(
        run=run or path.parent.name,
        epoch=int(metadata["epoch"]),
        model=model,
        config=config,
        classes=classes,
        image_shape=image_shape,
        digest=digest,
    )


def rebuild(
    config: TrainConfig, classes: Sequence[str], image_shape: Sequence[int], tensors: Mapping[str, Tensor]
) -> nn.Module:
    """A network for `config` holding `tensors`, on the CPU in evaluation mode. Raises RuntimeError if they differ."""
    channels, height, width = image_shape
    images = models.ImageSpec((channels, height, width), len(classes)).raw  # its normalisation is among the tensors
    model = models.build(config.network, images, options=config.options)
    model.load_state_dict(dict(tensors))
    return model.eval().requires_grad_(False)


def _new_folder(root: Path, stem: str) -> Path:
    folder = root / stem
    try:
        root.mkdir(parents=True, exist_ok=True)
        folder = free(root, stem)
        folder.mkdir()
    except OSError as error:
        raise CnnlabError(
            f"{folder} could not be made ({error.strerror or error}): choose another folder or make {root} writable."
        ) from error
    return folder
