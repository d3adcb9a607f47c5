"""Runs that are ready to begin, on a split that is already at hand."""

from __future__ import annotations

from cnnlab.data.splits import Split
from cnnlab.training.config import TrainConfig
from cnnlab.training.devices import resolve
from cnnlab.training.loop import Recorder
from cnnlab.training.prepared_run import PreparedRun


def prepared(config: TrainConfig, split: Split, recorder: Recorder | None = None) -> PreparedRun:
    """As cnnlab.runs.launch.prepare makes it, but for the recorder."""
    return PreparedRun(config, split, resolve(config.device), lambda: recorder)
