"""PreparedRun: everything a run needs, collected and checked before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch

from cnnlab.data.splits import Split
from cnnlab.training.config import TrainConfig
from cnnlab.training.loop import Recorder, TrainingLoop
from cnnlab.training.methods.transfer_learning import Sources
from cnnlab.training.ranks import ALONE, Ranks
from cnnlab.training.results import LaneMark, StudyMark
from cnnlab.training.resumption import State
from cnnlab.training.trainer import Trainer


@dataclass(frozen=True)
class PreparedRun:
    """Settings, their data and device, what they take from earlier runs, and how to open its record.

    cnnlab.runs.launch.prepare makes it. open_recorder makes the run's folder, so it is called when the run begins.
    """

    config: TrainConfig
    split: Split
    device: torch.device
    open_recorder: Callable[[], Recorder]
    sources: Sources = Sources()
    state: State | None = None  # where an earlier part of it ended
    threads: int | None = None  # that a CPU computes with; None: one a core. Other counts round differently
    lane: LaneMark | None = None  # its place in a race
    study: StudyMark | None = None  # its place in a study
    ranks: Ranks = ALONE  # the processes that share it

    def shared(self, ranks: Ranks) -> PreparedRun:
        """The same for one of several processes, on a device of its own. Raises CnnlabError where there is none."""
        return replace(self, device=ranks.device(self.device), ranks=ranks)

    def loop(self, recorder: Recorder) -> TrainingLoop:
        """The loop of this run, ready to begin. Raises CnnlabError when network, data and sources do not fit."""
        return TrainingLoop(self.trainer(), recorder, self.state)

    def trainer(self) -> Trainer:
        """A fresh trainer. Raises as loop."""
        return Trainer(self.config, self.split, self.device, self.sources, self.ranks)
