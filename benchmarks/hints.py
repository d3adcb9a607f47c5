"""Does a run with a fault get the right hint within its first epoch, and a healthy one none?

    python -m benchmarks.hints [--quick] [--processes 2] [--only NAME]

Claim: the right hint stands over at least 90 % of the runs with a known fault when their first epoch ends, and over at
most 5 % of the healthy ones any hint at any time. Which hints are right for which fault stands in
benchmarks/support/faulty_runs.py: several where one cause shows in several ways, as too large a rate does.

A run is cut after its first epoch, or after as many steps as STEPS says: the large networks take a minute for them. One
that learns from 300 images goes on for 300 steps, a third of an epoch of all images. `a2-cifar10` learns from MNIST,
unmirrored, as CIFAR-10 would have to be downloaded. --quick: the first run of each kind, and few of the healthy ones.
The last line is JSON: `right` and `false_alarms`, fractions, and the number of `runs`.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
from dataclasses import dataclass
from pathlib import Path

import torch

from benchmarks.support.faulty_runs import HEALTHY, Case, faulty, healthy
from benchmarks.support.machine import describe_machine
from benchmarks.support.silent_recorder import SilentRecorder
from cnnlab.runs import launch
from cnnlab.training.loop import TrainingLoop
from cnnlab.training.trainer import DivergenceError

COLUMNS = ("fault", "run", "right", "hint at the end", "shown since step", "steps")


@dataclass(frozen=True)
class Found:
    """What a run showed: `ever` the names of all its hints in order, `last` the one at its end, since step `since`."""

    case: Case
    steps: int
    ever: tuple[str, ...]
    last: str
    since: int | None

    @property
    def right(self) -> bool:
        """Whether that is what should be shown: of a healthy run nothing, ever."""
        return self.last in self.case.expected if self.case.expected else not self.ever


def watch(case: Case) -> Found:
    """Train the case and note its hints."""
    torch.set_num_threads(1)  # as many runs at once as there are cores
    loop = TrainingLoop(launch.prepare(case.config, Path()).trainer(), SilentRecorder())
    ever: list[str] = []
    shown, since = None, None
    try:
        loop.begin()
        while loop.trainer.step_count < min(case.steps, loop.trainer.total_steps):
            loop.advance()
            name = loop.hint and loop.hint.name
            if name != shown:
                shown, since = name, loop.trainer.step_count
                ever += [name] if name else []
    except DivergenceError:
        shown, since = loop.hint and loop.hint.name, loop.trainer.step_count
        ever += [shown] if shown else []
    return Found(case, loop.trainer.step_count, tuple(ever), shown or "", since if shown else None)


def row(found: Found) -> list[str]:
    """A run as a line of the table."""
    shown = found.last or "–"
    if not found.case.expected and found.ever:
        shown = " → ".join(found.ever)
    verdict = "yes" if found.right else "NO"
    return [found.case.fault, found.case.run, verdict, shown, str(found.since or "–"), f"{found.steps:,}"]


def summary(results: list[Found]) -> dict[str, float | int]:
    """The fractions that the claim is about."""
    faults = [each for each in results if each.case.expected]
    sound = [each for each in results if not each.case.expected]
    return {
        "right": round(sum(each.right for each in faults) / max(1, len(faults)), 4),
        "false_alarms": round(sum(not each.right for each in sound) / max(1, len(sound)), 4),
        "runs": len(results),
        "faults": len(faults),
        "healthy": len(sound),
    }


def main(arguments: list[str] | None = None) -> None:
    """Train the runs and print the table, one JSON line last."""
    parser = argparse.ArgumentParser(description="Hints over faulty and healthy runs.")
    parser.add_argument("--quick", action="store_true", help="one run of each fault, few healthy ones")
    parser.add_argument("--processes", type=int, default=2, help="runs at once (default: 2)")
    parser.add_argument("--only", help="runs of this fault alone, or `healthy`")
    options = parser.parse_args(arguments)
    cases = [*faulty(options.quick), *healthy(options.quick)]
    cases = [case for case in cases if options.only in (None, case.fault)]
    if not cases:
        parser.error(f"--only is {options.only!r}: choose {HEALTHY} or a fault of the table.")
    results = []
    with multiprocessing.get_context("spawn").Pool(options.processes) as pool:
        for found in pool.imap(watch, cases):
            results.append(found)
            print("  ".join(row(found)), file=sys.stderr)
    table = [list(COLUMNS), *map(row, results)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    print(describe_machine())
    print(json.dumps(summary(results)))


if __name__ == "__main__":
    main()
