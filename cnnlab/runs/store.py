"""Runs on disk: one folder a run, one safetensors file a kept epoch, one JSON beside them.

Nothing here unpickles: a foreign file can at worst be refused. Every file is written whole or not at all.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import re
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

import cnnlab
from cnnlab import models
from cnnlab.common import paths
from cnnlab.common.files import exists, replacing
from cnnlab.common.text import first_line
from cnnlab.errors import CnnlabError
from cnnlab.runs import folders, names, record
from cnnlab.runs.ownership import Owner, in_training
from cnnlab.runs.progress_log import ProgressLog
from cnnlab.runs.record import Record, WeightsHead
from cnnlab.runs.stop_request import StopRequest, withdraw
from cnnlab.training.config import TrainConfig
from cnnlab.training.history import History
from cnnlab.training.live_report import LiveReport
from cnnlab.training.loop import NotSavedError
from cnnlab.training.results import EpochResult, LaneMark, Outcome, StudyMark, best_epoch
from cnnlab.training.resumption import State

HISTORY_POINTS = 2_000  # losses, and evaluations, kept in the JSON; longer runs are thinned
PAUSES = (0.1, 0.4, 1.0)  # seconds before a save that failed is tried again: a descriptor may be free by then
STATE = "state.safetensors"  # in a run's folder, while it can be gone on with
EPOCH_FILE = re.compile(r"epoch-(\d{3,4})\.safetensors")


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
    record: Record = field(repr=False)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.path.name

    @property
    def config(self) -> TrainConfig:
        """The settings it was trained with."""
        return self.record.config

    @property
    def results(self) -> tuple[EpochResult, ...]:
        """A row for every epoch."""
        return self.record.epochs

    @property
    def outcome(self) -> Outcome | None:
        """How it ended; None while it trains, or after its process was killed."""
        return self.record.outcome

    @property
    def best_epoch(self) -> int:
        """The kept epoch with the highest validation accuracy."""
        kept = [row for row in self.results if row.epoch in self.epochs]
        return best_epoch(kept) if kept else self.epochs[-1]

    @property
    def state(self) -> str:
        """training; how it ended: finished, stopped, failed; unfinished where its process was killed."""
        return "training" if in_training(self.path) else self.outcome.state if self.outcome else "unfinished"

    @property
    def can_go_on(self) -> bool:
        """Whether it was interrupted, and where it stood is still known."""
        return (self.path / STATE).exists() and not in_training(self.path)

    def file(self, epoch: int) -> Path:
        """Where the weights of `epoch` lie."""
        return self.path / f"epoch-{epoch:03d}.safetensors"


class RunWriter:
    """Writes a run's folder while it trains; a cnnlab.training.loop.Recorder."""

    def __init__(
        self,
        root: Path,
        config: TrainConfig,
        classes: Sequence[str],
        image_shape: Sequence[int],
        name: str = "",
        lane: LaneMark | None = None,
        study: StudyMark | None = None,
    ):
        """Make the folder root/<name>, or <name>-2, -3 … where that is taken. Raises CnnlabError if it cannot.

        Without a name it is called after the recipe. lane, study: its place in a race, in a study. Until close() the
        run counts as in training.
        """
        folder = folders.new(Path(root), names.cleaned(name or config.recipe))
        self._lane, self._study = lane, study
        self._begin(folder, config, classes, image_shape, datetime.now(timezone.utc))

    @classmethod
    def reopened(cls, run: Run) -> RunWriter:
        """To go on with a run that was interrupted. Raises CnnlabError while somebody else trains it."""
        writer = cls.__new__(cls)
        said = run.record
        writer._lane, writer._study = said.lane, said.study
        writer._begin(run.path, said.config, said.classes, said.image_shape, said.created)
        writer._epochs = list(said.epochs)
        return writer

    def _begin(
        self, folder: Path, config: TrainConfig, classes: Sequence[str], image_shape: Sequence[int], created: datetime
    ) -> None:
        self.path = folder
        self.name = folder.name
        self._owner = Owner(folder)
        self._log = ProgressLog(folder)
        self._request = StopRequest(folder)
        self._keep = config.keep
        self._identity = {
            "schema": record.SCHEMA,
            "config": config.as_dict(),
            "classes": list(classes),
            "image_shape": list(image_shape),
            "versions": {"cnnlab": cnnlab.__version__, "torch": torch.__version__},
        }
        self._created = created.isoformat(timespec="seconds")
        self._epochs: list[EpochResult] = []

    def save_epoch(self, weights: dict[str, Tensor], epochs: list[EpochResult]) -> None:
        """Keep the weights of the last of `epochs` and list them. Raises NotSavedError when the disk refuses."""
        last = epochs[-1]
        identity = {key: json.dumps(value) for key, value in self._identity.items()}
        metadata = {**identity, "epoch": str(last.epoch), "metrics": json.dumps(dataclasses.asdict(last))}
        self._write(f"epoch-{last.epoch:03d}.safetensors", safetensors.torch.save(weights, metadata))
        self._epochs = list(epochs)  # only now: the record must not list weights that could not be saved
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

    def save_state(self, state: State) -> None:
        """Keep where the run stands, so that it can be gone on with. Raises NotSavedError when the disk refuses."""
        self._write(STATE, safetensors.torch.save(dict(state.tensors), {"facts": json.dumps(state.facts)}))

    def report(self, report: LiveReport) -> None:
        """Tell those who watch from another process."""
        self._log.append(report)

    def stop_asked(self) -> bool:
        """Whether one of those asks for the end of the run. Shows them that it goes on."""
        self._log.beat()
        return self._request.asked()

    def finish(self, outcome: Outcome, history: History) -> None:
        """Keep how the run ended, and its curves. Raises NotSavedError when the disk refuses.

        A run that has finished cannot be gone on with.
        """
        losses, evaluations = history.losses, history.evaluations
        self._write_record(
            outcome=dataclasses.asdict(outcome),
            losses=[[step + 1, round(float(losses[step]), 5)] for step in _thinned(len(losses))],
            evaluations=[dataclasses.asdict(evaluations[at]) for at in _thinned(len(evaluations))],
            events=[dataclasses.asdict(event) for event in history.events[-HISTORY_POINTS:]],
        )
        if outcome.state == "finished":
            with contextlib.suppress(OSError):  # it costs space, no more
                (self.path / STATE).unlink(missing_ok=True)

    def close(self) -> None:
        """Give the run free: nothing more comes. One of which nothing could be saved leaves no folder."""
        self._log.remove()
        withdraw(self.path)
        self._owner.release()
        if not self._epochs:
            shutil.rmtree(self.path, ignore_errors=True)

    def _write_record(self, **ending: Any) -> None:
        said = {
            **self._identity,
            "created": self._created,
            "epochs": [dataclasses.asdict(epoch) for epoch in self._epochs],
            **({"lane": dataclasses.asdict(self._lane)} if self._lane else {}),
            **({"study": dataclasses.asdict(self._study)} if self._study else {}),
            **ending,
        }
        self._write("run.json", json.dumps(said, indent=1).encode())

    def _write(self, name: str, content: bytes) -> None:
        for pause in (*PAUSES, None):
            try:
                with replacing(self.path / name) as file:
                    file.write(content)
                return
            except OSError as error:
                if pause is None:
                    raise NotSavedError(
                        f"{self.path / name} could not be saved ({error.strerror or error}): free some space or make "
                        "the folder writable. Everything saved before is intact."
                    ) from error
                time.sleep(pause)


def _thinned(count: int) -> range:
    """Places at even distances, HISTORY_POINTS to twice that, or all."""
    return range(0, count, max(1, count // HISTORY_POINTS))


@dataclass(frozen=True)
class Unreadable:
    """A folder that should be a run, and a sentence about what is wrong with it."""

    path: Path
    problem: str


def list_runs(root: Path | None = None) -> tuple[list[Run], list[Unreadable]]:
    """(the readable runs under `root`, newest first; those that had to be skipped, by name).

    root: paths.checkpoints() by default.
    """
    runs, unreadable = [], []
    for file in (root or paths.checkpoints()).glob("*/run.json"):
        try:
            runs.append(open_run(file.parent))
        except CnnlabError as error:
            unreadable.append(Unreadable(file.parent, str(error)))
    runs.sort(key=lambda run: run.record.created, reverse=True)
    return runs, sorted(unreadable, key=lambda each: each.path.name)


def find_run(reference: str, root: Path | None = None) -> tuple[Run, int]:
    """(run, epoch) for RUN[@EPOCH]: RUN a name under `root` or a path; EPOCH a number, `best` or `last`, the default.

    Raises CnnlabError naming the runs or epochs there are.
    """
    root = root or paths.checkpoints()
    name, _, wanted = reference.partition("@")
    folder = root / name if exists(root / name / "run.json") else Path(name)
    if not exists(folder / "run.json"):
        known = ", ".join(run.name for run in list_runs(root)[0]) or "none yet"
        raise CnnlabError(f"There is no run {name!r} under {root}: choose one of {known}, or give a run's folder.")
    run = open_run(folder)
    if wanted in ("", "last"):
        return run, run.epochs[-1]
    if wanted == "best":
        return run, run.best_epoch
    if wanted not in map(str, run.epochs):
        raise CnnlabError(f"{run.name} has no epoch {wanted!r}: choose one of {', '.join(map(str, run.epochs))}.")
    return run, int(wanted)


def open_run(folder: Path) -> Run:
    """The run in `folder`. Raises CnnlabError when its run.json or all its weights are missing or damaged."""
    try:
        said = record.read(folder / "run.json")
        epochs = sorted(int(match[1]) for file in folder.iterdir() if (match := EPOCH_FILE.fullmatch(file.name)))
    except (OSError, CnnlabError) as error:
        raise CnnlabError(f"{folder / 'run.json'} is damaged ({error}): restore it or remove the folder.") from error
    if not epochs:
        raise CnnlabError(f"{folder} holds no weights (epoch-NNN.safetensors): remove the folder or restore them.")
    return Run(folder, tuple(epochs), said)


def load_state(run: Run) -> State:
    """Where an interrupted run stood. Raises CnnlabError where that is not known, or its file is damaged."""
    path = run.path / STATE
    if not path.exists():
        done = run.outcome and run.outcome.state == "finished"
        why = "it has finished" if done else f"its {STATE} is gone"
        raise CnnlabError(f"{run.name} cannot be gone on with: {why}; start a new run with its settings.")
    try:
        with safe_open(path, "pt") as file:
            facts = json.loads((file.metadata() or {})["facts"])
            return State({name: file.get_tensor(name) for name in file.keys()}, facts)  # noqa: SIM118
    except Exception as error:  # a damaged file fails in many ways
        raise CnnlabError(
            f"{path} is damaged ({first_line(error)}): remove it; the run's epochs are as they were."
        ) from error


def load(run: Run, epoch: int) -> Checkpoint:
    """The network of `run` at the end of `epoch`. Raises CnnlabError naming the file when it cannot be used."""
    return load_file(run.file(epoch), run.name)


def load_file(path: Path, run: str | None = None) -> Checkpoint:
    """The network in one safetensors file. Raises CnnlabError naming the file when it cannot be used."""
    try:
        digest = _digest(path)
        with _opened(path) as (head, file):
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  (no mapping)
            model = rebuild(head.config, head.classes, head.image_shape, tensors)
    except (SafetensorError, ValueError, TypeError, RuntimeError, MemoryError) as error:
        raise _damaged(path, error) from error
    except OSError as error:
        raise CnnlabError(f"{path} could not be read ({error.strerror or error}).") from error
    return Checkpoint(
        run=run or path.parent.name,
        epoch=head.epoch,
        model=model,
        config=head.config,
        classes=head.classes,
        image_shape=head.image_shape,
        digest=digest,
    )


def read_head(path: Path) -> WeightsHead:
    """What a weight file says of itself, its tensors compared with its network's but not read. Raises as load_file."""
    try:
        with _opened(path) as (head, _):
            return head
    except (SafetensorError, ValueError, TypeError, RuntimeError) as error:
        raise _damaged(path, error) from error
    except OSError as error:
        raise CnnlabError(f"{path} could not be read ({error.strerror or error}).") from error


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[WeightsHead, Any]]:
    """(what the file says, the file), once its tensors are known to be those of the network that it names."""
    with path.open("rb") as start:
        size = int.from_bytes(start.read(8), "little")
    if size > record.LARGEST:
        raise ValueError(f"its head has {size:,} bytes, at most {record.LARGEST:,} are read")
    with safe_open(path, "pt") as file:
        try:
            head = record.head(file.metadata() or {})
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118
            _check_shapes(shapes, head)
        except CnnlabError as error:
            raise _damaged(path, error) from error
        yield head, file


def _check_shapes(shapes: Mapping[str, tuple[int, ...]], head: WeightsHead) -> None:
    """Raise CnnlabError where a network as `head` says has other tensors, before any memory is taken for it."""
    expected = record.shapes(head)
    if wrong := sorted(expected.keys() ^ shapes.keys()):
        raise CnnlabError(f"the tensor {wrong[0]!r} is {'missing' if wrong[0] in expected else 'not its network’s'}")
    for name, shape in expected.items():
        if shapes[name] != shape:
            raise CnnlabError(f"the tensor {name!r} is {list(shapes[name])}, its network's is {list(shape)}")


def _damaged(path: Path, error: Exception) -> CnnlabError:
    reason = (str(error).splitlines() or [type(error).__name__])[0]
    return CnnlabError(f"{path} is damaged or no cnnlab checkpoint ({reason}): restore it or remove it.")


def _digest(path: Path) -> str:
    found = hashlib.sha256()
    with path.open("rb") as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def rebuild(
    config: TrainConfig, classes: Sequence[str], image_shape: Sequence[int], tensors: Mapping[str, Tensor]
) -> nn.Module:
    """A network for `config` holding `tensors`, on the CPU in evaluation mode. Raises RuntimeError if they differ."""
    channels, height, width = image_shape
    images = models.ImageSpec((channels, height, width), len(classes)).raw  # its normalisation is among the tensors
    model = models.build(config.network, images, options=config.options)
    model.load_state_dict(dict(tensors))
    return model.eval().requires_grad_(False)
