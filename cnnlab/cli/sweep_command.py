"""The command that trains the runs of a study, alone or beside other processes."""

from __future__ import annotations

import argparse
import json
import os
import shlex
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from cnnlab.cli import setting_arguments
from cnnlab.cli.interruptions import obeying
from cnnlab.cli.progress_bars import DownloadBar
from cnnlab.cli.subparsers import AddCommand
from cnnlab.common import paths
from cnnlab.common.text import counted
from cnnlab.errors import CnnlabError
from cnnlab.runs import store
from cnnlab.studies import axes, setting_results
from cnnlab.studies.plan import Plan
from cnnlab.studies.setting_results import Standing
from cnnlab.training.recipes import recipe

if TYPE_CHECKING:  # it loads Optuna, which no other command needs
    from cnnlab.studies.journal import Journal
    from cnnlab.studies.shared_work import Ended

MOST_JOBS = 64
WAIT = 0.2  # seconds between two looks at the processes


def add_commands(command: AddCommand) -> None:
    """Enter the command."""
    sweep = command("sweep", _sweep, "train a run for every combination of settings, and say which is best")
    what = sweep.add_mutually_exclusive_group(required=True)
    what.add_argument("--recipe", help="a name from `recipes`; --set field=a,b,c varies it")
    what.add_argument("--resume", metavar="NAME", help="go on with a study that was interrupted, or work along")
    setting_arguments.add_settings(sweep)
    sweep.add_argument("--seeds", type=int, metavar="N", help="runs of each setting, with N seeds (default: 1)")
    sweep.add_argument(
        "--random", type=int, metavar="N", help="draw N settings; --set field=low..high is a range to draw from"
    )
    sweep.add_argument("--no-pruning", action="store_true", help="stop no run for being far behind the others")
    sweep.add_argument("--name", help="of the study (default: after what it varies)")
    sweep.add_argument("--jobs", type=int, default=1, metavar="N", help="processes that share the work (default: 1)")
    sweep.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)  # one of those processes


def _sweep(options: argparse.Namespace) -> None:
    if not 1 <= options.jobs <= MOST_JOBS:
        raise CnnlabError(f"--jobs is {options.jobs}: it must lie between 1 and {MOST_JOBS}.")
    journal = _resumed(options) if options.resume else _new(options)
    if not options.worker:
        counts = journal.counts
        print(f"study {journal.name}: {counts.ended} of {counts.trials} trials have ended", file=sys.stderr)
    interruption = threading.Event()
    with obeying(interruption):
        if options.worker or options.jobs == 1:
            _work(journal, interruption, os.getppid() if options.worker else None)
        else:
            _share(journal.name, options.jobs, interruption)
    if not options.worker:
        _conclude(journal)


def _resumed(options: argparse.Namespace) -> Journal:
    from cnnlab.studies.journal import opened

    if setting_arguments.given(options) or options.seeds or options.random or options.no_pruning or options.name:
        raise CnnlabError("--resume goes on with a study's own settings: leave the others out.")
    return opened(options.resume)


def _new(options: argparse.Namespace) -> Journal:
    from cnnlab.studies.journal import made
    from cnnlab.studies.shared_work import check

    base, varied = axes.parted(setting_arguments.changes(options), recipe(options.recipe).config)
    seeds, drawn = (default if given is None else given for given, default in ((options.seeds, 1), (options.random, 0)))
    plan = Plan(base, tuple(varied), seeds, drawn, not options.no_pruning)
    check(plan, DownloadBar())
    return made(plan, options.name or "")


def _work(journal: Journal, interruption: threading.Event, parent: int | None) -> None:
    """Carry out trials until none is left. parent: the process without which this one has nobody to work for."""
    from cnnlab.studies.shared_work import work

    def interrupted() -> bool:
        return interruption.is_set() or (parent is not None and os.getppid() != parent)

    def say(ended: Ended) -> None:
        counts = journal.counts
        print(f"{counts.ended} of {counts.trials}: {_line(ended)}", file=sys.stderr, flush=True)

    work(journal, paths.checkpoints(), interrupted, say, DownloadBar())


def _line(ended: Ended) -> str:
    name = ended.run or f"trial {ended.number}"
    if ended.error:
        return f"{name} failed: {ended.error}"
    right = "" if ended.accuracy is None else f" {ended.accuracy:.2%} of the validation images right"
    behind = ", stopped for being behind the others," if ended.state == "pruned" else ""
    return f"{name}:{right}{behind} after {counted(ended.epochs, 'epoch')}, {ended.seconds:.0f} s"


def _share(name: str, jobs: int, interruption: threading.Event) -> None:
    """Have `jobs` processes work on the study, and wait for them. Raises CnnlabError where none of them could."""
    command = [sys.executable, "-m", "cnnlab", "sweep", "--resume", name, "--worker"]
    threads = max(1, (os.cpu_count() or 1) // jobs)
    environment = {**os.environ, "OMP_NUM_THREADS": str(threads)}
    processes = [
        # in sessions of their own, so that Ctrl-C reaches them once, from here
        subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, start_new_session=True)
        for _ in range(jobs)
    ]
    try:
        while not interruption.wait(WAIT) and any(each.poll() is None for each in processes):
            pass
        for each in processes:
            each.terminate()  # does nothing to one that has ended
        for each in processes:
            each.wait()
    except BaseException:  # a second Ctrl-C
        for each in processes:
            each.kill()
        raise
    if not interruption.is_set() and all(each.returncode for each in processes):
        raise CnnlabError(f"No process could go on with the study {name}: what is wrong stands above.")


def _conclude(journal: Journal) -> None:
    """Print the settings, the best first, and as the last line what a script needs."""
    runs = [run for run in store.list_runs()[0] if run.record.study and run.record.study.study == journal.name]
    found, counts = setting_results.of(runs), journal.counts
    for line in _table(found):
        print(line)
    if counts.ended < counts.trials:
        left = f"{counts.ended} of {counts.trials} trials have ended"
        print(f"{left}; to go on: python -m cnnlab sweep --resume {shlex.quote(journal.name)}", file=sys.stderr)
    best = found[0] if found and found[0].mean is not None else None
    print(
        json.dumps(
            {
                "study": journal.name,
                "state": "finished" if counts.ended == counts.trials else "stopped",
                "trials": counts.trials,
                "finished": counts.finished,
                "pruned": counts.pruned,
                "failed": counts.failed,
                "best": best
                and {
                    "settings": dict(zip(best.varied, best.values, strict=True)),
                    "val_accuracy": best.mean,
                    "spread": best.spread,
                    "test_accuracy": best.test_mean,
                    "runs": [each.run for each in best.runs],
                },
            }
        )
    )


def _table(found: Sequence[Standing]) -> list[str]:
    if not found:
        return []
    head = [*map(axes.plain, found[0].varied), "validation", "spread", "test", "finished", "stopped"]
    rows = [
        [
            *map(axes.spelled, each.values),
            _percent(each.mean),
            _percent(each.spread),
            _percent(each.test_mean),
            f"{len(each.finished)} of {len(each.runs)}",
            str(each.stopped),
        ]
        for each in found
    ]
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in (head, *rows)]


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{value:.2%}"
