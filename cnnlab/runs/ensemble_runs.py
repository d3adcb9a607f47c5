"""An ensemble of runs kept as one more run: one folder, all members' weights in one file."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from cnnlab import models
from cnnlab.common import paths
from cnnlab.common.text import dimensions
from cnnlab.data import datasets
from cnnlab.data.dataset import noun
from cnnlab.data.splits import split
from cnnlab.errors import CnnlabError
from cnnlab.models.families.ensemble_net import FEWEST, MOST, NAME
from cnnlab.models.options import as_json
from cnnlab.runs import names, store
from cnnlab.runs.store import Checkpoint, RunWriter
from cnnlab.training.config import TrainConfig
from cnnlab.training.history import History
from cnnlab.training.results import EpochResult, Outcome

EPOCH = 1  # the only one: 0 would be an untrained network


def together(members: Sequence[Checkpoint], rule: str, name: str = NAME) -> TrainConfig:
    """The settings of an ensemble of `members`. Raises CnnlabError when they cannot be combined."""
    if not FEWEST <= len(members) <= MOST:
        raise CnnlabError(f"An ensemble has {FEWEST} to {MOST} members, not {len(members)}: choose other runs.")
    first = members[0]
    for other in members[1:]:
        for what, ours, theirs in (
            ("data set", first.config.dataset, other.config.dataset),
            ("split", first.config.split, other.config.split),
            ("classes", ", ".join(first.classes), ", ".join(other.classes)),
            ("image size", _size(first), _size(other)),
        ):
            if ours != theirs:
                raise CnnlabError(
                    f"{other.run} does not go with {first.run}: its {what} is {theirs}, not {ours}; choose runs alike."
                )
    described = [
        {"run": f"{each.run}@{each.epoch}", "network": each.config.network, "options": as_json(each.config.options)}
        for each in members
    ]
    options = {"members": described, "rule": rule}
    return TrainConfig(
        recipe=name, network=NAME, options=options, dataset=first.config.dataset, split=first.config.split, epochs=EPOCH
    )


def save(members: Sequence[Checkpoint], rule: str, name: str = NAME, root: Path | None = None) -> tuple[str, Outcome]:
    """Keep an ensemble as a run under `root`, paths.checkpoints() by default; (its name, its measured outcome).

    name: of the folder; a number is added where it is taken. Raises CnnlabError when the members cannot be combined or
    the disk refuses.
    """
    config, first, started = (
        together(members, rule, names.checked("-".join(name.split()))),
        members[0],
        time.perf_counter(),
    )
    weights = {
        f"members.{number}.{key}": value.clone()  # a run may be a member twice
        for number, member in enumerate(members)
        for key, value in member.model.state_dict().items()
    }
    model = store.rebuild(config, first.classes, first.image_shape, weights)
    parts = split(config.split, *datasets.load(config.dataset))
    validation = models.score(model, parts.validation) if parts.validation else None
    test = models.score(model, parts.test)
    seconds = time.perf_counter() - started
    row = EpochResult(
        epoch=EPOCH,
        step=0,
        complete=True,
        learning_rate=0.0,
        train_loss=None,
        train_accuracy=None,
        val_loss=validation.loss if validation else None,
        val_accuracy=validation.accuracy if validation else None,
        seconds=seconds,
    )
    outcome = Outcome(
        "finished",
        epochs=EPOCH,
        seconds=seconds,
        images_per_second=0.0,
        test_images=len(parts.test),
        test_loss=test.loss,
        test_accuracy=test.accuracy,
        val_accuracy=row.val_accuracy,
        best_epoch=EPOCH,
        noun=noun(first.classes),
    )
    writer = RunWriter(root or paths.checkpoints(), config, first.classes, first.image_shape)
    with closing(writer):
        writer.save_epoch(weights, [row])
        writer.finish(outcome, History(0))
    return writer.name, outcome


def _size(network: Checkpoint) -> str:
    return dimensions(network.image_shape)
