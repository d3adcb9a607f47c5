"""Does every sabotage do what its sentence says?

    python -m benchmarks.sabotage [--only rate-times-100,sorted …] [--seeds 0,1,2] [--out results.json]

Claim: for each of three seeds, what the note of each sabotage in cnnlab.training.sabotages promises is measured: the
criteria below, beside the healthy run of the same seed. Printed are test accuracy, the gap from training to validation
accuracy, and the share of dead channels, as means over the seeds. With --out each finished training is kept in that
file at once, and what it holds already is not trained again. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean
from typing import Any, NamedTuple

from benchmarks.support.kept_trainings import Results
from benchmarks.support.machine import describe_machine
from benchmarks.support.race_training import measured
from cnnlab.errors import CnnlabError
from cnnlab.training.races import ReadyRace
from cnnlab.training.sabotages import SABOTAGES

LONG = ("config", "machine", "curve", "first_losses")  # left out of the last line
Lane = dict[str, Any]  # as race_training.measured returns it


class Criterion(NamedTuple):
    """What must be measured for a note to hold: in words, and asked of the lanes in their order, the healthy first."""

    words: str
    holds: Callable[..., bool]


def gap(lane: Lane) -> float:
    """Training accuracy, of the last epoch and as labelled, minus validation accuracy."""
    return lane["training"] - lane["validation"]


def steps_to(lane: Lane, accuracy: float) -> float:
    """The first measurement at which validation reached `accuracy`; infinite where none did."""
    return next((step for step, reached in lane["curve"] if reached >= accuracy), float("inf"))


CRITERIA = {
    "rate-times-100": Criterion(
        "a loss above 100 in the first 20 steps, over half of the channels dead, test accuracy 10 points below healthy",
        lambda healthy, broken: (
            max(broken["first_losses"]) > 100
            and broken["dead"] > 0.5 > healthy["dead"]
            and broken["test"] < healthy["test"] - 0.1
        ),
    ),
    "rate-over-100": Criterion(
        "validation 2 points below healthy, which was there within 1,000 steps; no more channels dead",
        lambda healthy, broken: (
            steps_to(healthy, broken["validation"]) <= 1_000
            and broken["validation"] < healthy["validation"] - 0.02
            and broken["dead"] <= healthy["dead"] + 0.05
        ),
    ),
    "no-nonlinearity": Criterion(
        "test accuracy from 90 to 93.5 %, at least 5 points below the healthy run's",
        lambda healthy, broken: 0.90 <= broken["test"] <= 0.935 and broken["test"] <= healthy["test"] - 0.05,
    ),
    "zero-weights": Criterion(
        "all channels dead, every image one answer",
        lambda healthy, broken: broken["dead"] == 1 and broken["favourite"] == 1,
    ),
    "random-labels": Criterion(
        "training above 70 %, validation below 20 %",
        lambda healthy, broken: broken["training"] > 0.7 and broken["validation"] < 0.2 and gap(healthy) < 0.02,
    ),
    "one-percent": Criterion(
        "gap above 3 points, and smaller with augmentation, validation accuracy higher",
        lambda healthy, few, varied: (
            gap(few) > 0.03 and gap(varied) < gap(few) and varied["validation"] > few["validation"]
        ),
    ),
    "sorted": Criterion(
        "test accuracy below 30 %, one answer for over 60 % of the images",
        lambda healthy, broken: broken["test"] < 0.3 and broken["favourite"] > 0.6,
    ),
    "raw-pixels": Criterion(
        "a first loss above 5, a quarter more of the channels dead, test accuracy 3 points below healthy",
        lambda healthy, broken: (
            broken["first_losses"][0] > 5
            and broken["dead"] > healthy["dead"] + 0.25
            and broken["test"] < healthy["test"] - 0.03
        ),
    ),
    "too-deep": Criterion(
        "test accuracy below 30 % against above 90 %; the first layer's gradient below a thousandth of the last one's",
        lambda healthy, broken: broken["test"] < 0.3 and healthy["test"] > 0.9 and broken["gradient"] < 1e-3,
    ),
    "dropout": Criterion(
        "training accuracy at least 5 points below validation accuracy, in the healthy run not 2",
        lambda healthy, broken: gap(broken) < -0.05 and gap(healthy) > -0.02,
    ),
    "wrong-labels": Criterion(
        "training above 85 % where a fifth is wrong, validation 5 points below healthy, smoothed half a point less",
        lambda healthy, wrong, smoothed: (
            wrong["training"] > 0.85
            and wrong["validation"] < healthy["validation"] - 0.05
            and smoothed["validation"] > wrong["validation"] + 0.005
        ),
    ),
    "test-leak": Criterion(
        "test accuracy half a point above validation and above the healthy one",
        lambda healthy, broken: (
            broken["test"] > broken["validation"] + 0.005 and broken["test"] > healthy["test"] + 0.005
        ),
    ),
}


def holds(criterion: Criterion, lanes: Sequence[Lane]) -> bool:
    """Whether the lanes of one seed meet it; none that ran away does."""
    return not any(lane["diverged"] for lane in lanes) and criterion.holds(*lanes)


def row(words: str, lanes: Sequence[Lane]) -> list[str]:
    """A lane's means over the seeds, as a line of the table."""
    if any(lane["diverged"] for lane in lanes):
        return [words, "ran away", "", "", ""]
    dead = [lane["dead"] for lane in lanes]
    return [
        words,
        f"{mean(lane['test'] for lane in lanes):.2%}",
        f"{100 * mean(map(gap, lanes)):+.1f}",
        "–" if None in dead else f"{mean(dead):.0%}",
        f"{mean(lane['seconds'] for lane in lanes):.0f}",
    ]


def summary(race: ReadyRace, by_seed: dict[int, list[Lane]]) -> dict[str, Any]:
    """What the table and the last line say of a sabotage; by_seed: its lanes, in order."""
    criterion = CRITERIA[race.name]
    kept = {
        str(seed): [{key: value for key, value in lane.items() if key not in LONG} for lane in lanes]
        for seed, lanes in by_seed.items()
    }
    return {
        "name": race.name,
        "criterion": criterion.words,
        "holds": {str(seed): holds(criterion, lanes) for seed, lanes in by_seed.items()},
        "lanes": [entry.words for entry in race.entries],
        "seeds": kept,
    }


def chosen(names: str | None) -> list[ReadyRace]:
    """The named sabotages, by default all. Raises CnnlabError for an unknown one."""
    wanted = [name.strip() for name in names.split(",")] if names else list(SABOTAGES)
    for name in wanted:
        if name not in SABOTAGES:
            raise CnnlabError(f"--only names {name!r}: choose among {', '.join(SABOTAGES)}.")
    return [SABOTAGES[name] for name in wanted]


def main(arguments: list[str] | None = None) -> None:
    """Train, measure and print the table, one JSON line last."""
    parser = argparse.ArgumentParser(description="Does every sabotage do what its sentence says?")
    parser.add_argument("--only", help="names of sabotages, separated by commas")
    parser.add_argument("--seeds", default="0,1,2", help="separated by commas (default: 0,1,2)")
    parser.add_argument("--out", type=Path, help="file in which finished trainings are kept, to go on after a cut")
    options = parser.parse_args(arguments)
    seeds = [int(seed) for seed in options.seeds.split(",")]
    found = []
    try:
        results = Results(options.out)
        for race in chosen(options.only):
            configs = {seed: [entry.config.replace(seed=seed) for entry in race.entries] for seed in seeds}
            by_seed = {seed: [results.of(config, measured) for config in lanes] for seed, lanes in configs.items()}
            found.append(summary(race, by_seed))
            print(*_lines(race, by_seed, found[-1]), sep="\n", flush=True)
    except CnnlabError as error:
        parser.exit(1, f"sabotage: {error}\n")
    print(describe_machine())
    print(json.dumps({"machine": describe_machine(), "sabotages": found}))
    if not all(all(each["holds"].values()) for each in found):
        print("A sentence does not hold.", file=sys.stderr)


def _lines(race: ReadyRace, by_seed: dict[int, list[Lane]], said: dict[str, Any]) -> list[str]:
    rows = [["", "test", "gap", "dead", "s"]]
    by_lane = zip(*by_seed.values(), strict=True)
    rows += [row(entry.words, lanes) for entry, lanes in zip(race.entries, by_lane, strict=True)]
    kept = ", ".join(f"seed {seed} {'yes' if held else 'NO'}" for seed, held in said["holds"].items())
    widths = [32, 8, 6, 5, 4]
    table = ["  ".join(cell.ljust(width) for cell, width in zip(each, widths, strict=True)).rstrip() for each in rows]
    return [f"{race.title}: {race.note}", *table, f"{said['criterion']}: {kept}", ""]


if __name__ == "__main__":
    main()
