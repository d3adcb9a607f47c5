"""What each ready race costs, and who comes out of it with what.

    python -m benchmarks.race_costs [--only optimisers,schedules …] [--seed 0] [--out results.json]

Claim: every race of cnnlab.training.ready_races takes under three minutes on two cores, all its lanes together. Each
lane is trained to its end on its own; in a race they take turns and cost the same. Beside its accuracy stands that on
test images moved by four pixels, and the share of images that get the same answer after a circular move. With --out
each finished training is kept in that file at once, and what it holds already is not trained again. The last line is
JSON.
"""

from __future__ import annotations

import argparse
import json
from functools import partial
from pathlib import Path
from statistics import mean
from typing import Any

from torch import Tensor, nn

from benchmarks.support.kept_trainings import Results
from benchmarks.support.machine import describe_machine
from benchmarks.support.race_training import measured
from cnnlab import models
from cnnlab.data.dataset import Dataset
from cnnlab.errors import CnnlabError
from cnnlab.evaluation.shifts import CIRCULAR, DIRECTIONS, ZERO, shifted
from cnnlab.training.races import ReadyRace
from cnnlab.training.ready_races import RACES

MOST_SECONDS = 180
FURTHEST, SHOWN = 4, 2_000  # pixels; test images


def chosen(names: str | None) -> list[ReadyRace]:
    """The named races, by default all. Raises CnnlabError for an unknown one."""
    wanted = [name.strip() for name in names.split(",")] if names else list(RACES)
    for name in wanted:
        if name not in RACES:
            raise CnnlabError(f"--only names {name!r}: choose among {', '.join(RACES)}.")
    return [RACES[name] for name in wanted]


def summary(race: ReadyRace, lanes: list[dict[str, Any]]) -> dict[str, Any]:
    """What it cost and what came out, by lane."""
    keys = ("seconds", "test", "validation", "moved", "same")
    return {
        "name": race.name,
        "seconds": round(sum(lane["seconds"] for lane in lanes), 1),
        "lanes": {
            entry.words: {key: lane.get(key) for key in keys} for entry, lane in zip(race.entries, lanes, strict=True)
        },
    }


def lines(race: ReadyRace, said: dict[str, Any]) -> list[str]:
    """The race's part of the table."""
    within = "within" if said["seconds"] <= MOST_SECONDS else "NOT within"
    head = f"{race.title}: {said['seconds']:.0f} s, {within} {MOST_SECONDS} s (said to be {race.seconds:.0f})"
    return [head, *(f"  {words:34s}{_came_out(lane)}" for words, lane in said["lanes"].items()), ""]


def _came_out(lane: dict[str, Any]) -> str:
    if lane["test"] is None:
        return f"ran away after {lane['seconds']:.0f} s"
    moved = f"moved by {FURTHEST} pixels {lane['moved']:.2%}, same answer when moved in a circle {lane['same']:.2%}"
    return f"test {lane['test']:.2%}, validation {lane['validation']:.2%}, {moved}, {lane['seconds']:.0f} s"


def when_moved(model: nn.Module, test: Dataset) -> dict[str, float]:
    """Means over eight directions: moved is the accuracy (0..1), same the fraction of answers that a circle keeps."""
    images, labels = test.images[:SHOWN], test.labels[:SHOWN]

    def answers(x: int, y: int, fill: str) -> Tensor:
        return models.logits_of(model, shifted(images, FURTHEST * x, FURTHEST * y, fill)).argmax(1)

    still = answers(0, 0, ZERO)
    return {
        "moved": mean((answers(x, y, ZERO) == labels).float().mean().item() for x, y in DIRECTIONS),
        "same": mean((answers(x, y, CIRCULAR) == still).float().mean().item() for x, y in DIRECTIONS),
    }


def main(arguments: list[str] | None = None) -> None:
    """Train, measure and print the table, one JSON line last."""
    parser = argparse.ArgumentParser(description="What each ready race costs, and what comes out.")
    parser.add_argument("--only", help="names of races, separated by commas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, help="file in which finished trainings are kept, to go on after a cut")
    options = parser.parse_args(arguments)
    found, train = [], partial(measured, further=when_moved)
    try:
        results = Results(options.out)
        for race in chosen(options.only):
            configs = [entry.config.replace(seed=options.seed) for entry in race.entries]
            found.append(summary(race, [results.of(config, train) for config in configs]))
            print(*lines(race, found[-1]), sep="\n", flush=True)
    except CnnlabError as error:
        parser.exit(1, f"race_costs: {error}\n")
    print(describe_machine())
    print(json.dumps({"machine": describe_machine(), "races": found}))


if __name__ == "__main__":
    main()
