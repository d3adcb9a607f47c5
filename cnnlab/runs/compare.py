"""Runs in a row each, and side by side."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from cnnlab.errors import CnnlabError
from cnnlab.runs.store import Run

# What networks keep beside their parameters: a normalisation's constants and batch norm's running statistics.
_BUFFERS = ("mean", "std", "running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class Summary:
    """The values by which one run is chosen among many. Accuracy is 0..1, None before the test; sizes in bytes."""

    name: str
    state: str
    test_accuracy: float | None
    dataset: str
    network: str
    recipe: str
    optimizer: str
    learning_rate: float
    batch_size: int
    epochs: int
    parameters: int | None
    bytes: int
    seconds: float
    created: datetime
    changed: str = ""  # what was changed by hand, and when
    race: str = ""  # the race it was a lane of
    lane: str = ""  # and what was different about it there
    study: str = ""  # the study whose trial it was

    def matches(self, words: str) -> bool:
        """Whether every one of the words occurs in its names."""
        said = " ".join(
            (self.name, self.state, self.dataset, self.network, self.recipe, self.optimizer, self.race, self.study)
        ).lower()
        return all(word in said for word in words.lower().split())


def summary(run: Run) -> Summary:
    """The run in short."""
    config, outcome, lane = run.config, run.outcome, run.record.lane
    weights = parameters(run.file(run.epochs[-1]))
    return Summary(
        name=run.name,
        state="damaged" if weights is None else run.state,
        test_accuracy=outcome.test_accuracy if outcome else None,
        dataset=config.dataset,
        network=config.network,
        recipe=config.recipe,
        optimizer=config.optimizer,
        learning_rate=config.learning_rate,
        batch_size=config.batch_size,
        epochs=run.epochs[-1],
        parameters=weights,
        bytes=sum(file.stat().st_size for file in run.path.glob("*") if file.is_file()),
        seconds=outcome.seconds if outcome else run.results[-1].seconds if run.results else 0.0,
        created=run.record.created,
        changed=", ".join(
            f"{each.words} from step {each.step + 1:,}" for each in run.record.events if each.value is not None
        ),
        race=lane.race if lane else "",
        lane=lane.words if lane else "",
        study=run.record.study.study if run.record.study else "",
    )


def parameters(file: Path) -> int | None:
    """How many trainable values a checkpoint holds, from its header alone; None for a file that is not whole."""
    try:
        with safe_open(file, "np") as content:
            shapes = {name: content.get_slice(name).get_shape() for name in content.keys()}  # noqa: SIM118  (no mapping)
    except (OSError, SafetensorError):
        return None
    return sum(math.prod(shape) for name, shape in shapes.items() if name.rpartition(".")[2] not in _BUFFERS)


@dataclass(frozen=True)
class Setting:
    """One setting of several runs, in their order, as text."""

    name: str
    values: tuple[str, ...]

    @property
    def differs(self) -> bool:
        """Whether not all runs have the same."""
        return len(set(self.values)) > 1


def settings(runs: Sequence[Run]) -> list[Setting]:
    """Every setting of the runs, those that differ first. Raises CnnlabError for no runs."""
    if not runs:
        raise CnnlabError("There is nothing to compare: choose a run.")
    configs = [run.config.as_dict() for run in runs]
    rows = [Setting(name, tuple(_text(config[name]) for config in configs)) for name in configs[0]]
    return sorted(rows, key=lambda row: not row.differs)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value)
