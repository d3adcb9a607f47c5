"""Runs that are ready to begin, on a split that is already at hand."""

from __future__ import annotations

from pathlib import Path

import torch

from cnnlab.data.splits import Split
from cnnlab.runs.store import RunWriter
from cnnlab.training.config import TrainConfig
from cnnlab.training.devices import resolve
from cnnlab.training.loop import Recorder, TrainingLoop
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.trainer import Trainer


def prepared(config: TrainConfig, split: Split, recorder: Recorder | None = None) -> PreparedRun:
    """As cnnlab.runs.launch.prepare makes it, but for the recorder."""
    return PreparedRun(config, split, resolve(config.device), lambda: recorder)


def stopped_after(prepared: PreparedRun, steps: int) -> RunWriter:
    """The writer of a run that was stopped after so many steps and can be gone on with."""
    recorder = prepared.open_recorder()
    loop = prepared.loop(recorder)
    loop.begin()
    for _ in range(steps):
        loop.advance()
    loop.finish(stopped=True)
    recorder.close()
    return recorder


def trained_to_the_end(config: TrainConfig, split: Split, root: Path) -> TrainingLoop:
    """The ended loop of a run on the CPU, kept under `root`."""
    recorder = RunWriter(root, config, split.train.classes, split.train.image_shape)
    loop = TrainingLoop(Trainer(config, split, torch.device("cpu")), recorder)
    loop.begin()
    while not loop.trainer.done:
        loop.advance()
    loop.finish(stopped=False)
    recorder.close()
    return loop
