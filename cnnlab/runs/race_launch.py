"""Preparing the lanes of a race: whether they can be compared and fit into memory, before anything starts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cnnlab.data.datasets.mnist import Progress
from cnnlab.errors import CnnlabError
from cnnlab.models import ImageSpec
from cnnlab.runs import launch
from cnnlab.training import memory_needs
from cnnlab.training.prepared_run import PreparedRun
from cnnlab.training.races import MOST_LANES, Entry
from cnnlab.training.results import LaneMark


def check(entries: Sequence[Entry], beside: int = 0) -> None:
    """Raises CnnlabError where they are too few, too many, or learn from different data sets.

    beside: how many runs that have ended are shown beside them.
    """
    if not entries or not 2 <= len(entries) + beside <= MOST_LANES:
        count = f"{len(entries)} lane{'s' * (len(entries) != 1)}"
        raise CnnlabError(f"The race has {count}: it needs 2 to {MOST_LANES}.")
    first = entries[0]
    for number, entry in enumerate(entries[1:], 2):
        if entry.config.dataset != first.config.dataset:
            raise CnnlabError(
                f"Lane {number} ({entry.words}) learns {entry.config.dataset}, lane 1 {first.config.dataset}: their "
                "losses cannot be compared; give all lanes one data set."
            )
        if entry.config.device != first.config.device:
            raise CnnlabError(
                f"Lane {number} ({entry.words}) trains on {entry.config.device}, lane 1 on {first.config.device}: "
                "give all lanes one device."
            )


def prepare(
    entries: Sequence[Entry],
    title: str,
    root: Path,
    on_progress: Progress | None = None,
    beside: int = 0,
) -> list[PreparedRun]:
    """All that the lanes need, in their order; each becomes a run under `root` when the race begins.

    title: the race's name, to which the time is added; beside: see check. Raises CnnlabError as check and
    launch.prepare do, and where they would not fit into memory.
    """
    check(entries, beside)
    race = f"{title} · {datetime.now():%Y-%m-%d %H:%M:%S}"
    runs = [launch.prepare(each.config, root, on_progress, LaneMark(race, each.words)) for each in entries]
    check_memory(runs)
    return runs


def check_memory(runs: Sequence[PreparedRun]) -> None:
    """Raises CnnlabError where the runs would not fit into what is free now."""
    needed = memory_needs.needed([run.config for run in runs], ImageSpec.of(runs[0].split.train))
    free = memory_needs.available(runs[0].device)
    if needed > free:
        raise CnnlabError(
            f"These {len(runs)} lanes need about {needed / 1e9:.1f} GB, but {free / 1e9:.1f} GB are free: choose fewer "
            "lanes, smaller batches or smaller networks."
        )
