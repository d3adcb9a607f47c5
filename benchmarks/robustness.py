"""What shifts do to each network of the shift page, and what repairs it.

    python -m benchmarks.robustness [--recipes a0-simple-cnn,shift-augmented,gap,blurpool,polyphase] [--seeds 0,1,2]
                                    [--runs FOLDER]

Claims: training on shifted images cuts plain A0's mean error at 4 pixels at least 15-fold and costs at most 0.3 points
of accuracy on unmoved images; polyphase sampling with global average pooling, trained without any augmentation, gives
the same answer to at least 99 % of the images after every circular shift of up to 4 pixels; the map of one digit's 841
offsets takes at most 1 s on two cores.

Every recipe is trained with every seed by `python -m cnnlab train` (with --runs, runs that lie there are not trained
again) and shown all 10,000 test images at the eight directions. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.support.machine import describe_machine
from cnnlab import models
from cnnlab.common.threads import all_but_one
from cnnlab.data import datasets
from cnnlab.data.dataset import Dataset
from cnnlab.evaluation.shifts import CIRCULAR, DIRECTIONS, ZERO, probability_map, shifted
from cnnlab.runs import store
from cnnlab.training.recipes import recipe

PLAIN, REPAIR, POLYPHASE = "a0-simple-cnn", "shift-augmented", "polyphase"
RECIPES = f"{PLAIN},{REPAIR},gap,blurpool,{POLYPHASE}"
FURTHEST = 4
MAP_REACH, MAP_RUNS = 14, 5


def trained(name: str, seed: int, folder: Path) -> store.Run:
    """The run of this recipe and seed in `folder`, trained now if it is not there."""
    wanted = recipe(name).config.replace(seed=seed)
    for run in store.list_runs(folder)[0]:
        if run.config == wanted and run.outcome and run.outcome.state == "finished":
            return run
    command = [sys.executable, "-m", "cnnlab", "train", "--recipe", name, "--seed", str(seed), "--out", str(folder)]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    return store.find_run(str(folder / json.loads(answer.splitlines()[-1])["run"]))[0]


def measured(run: store.Run, test: Dataset) -> dict[str, Any]:
    """Shares, 0..1: accuracy unmoved, mean error at 4 pixels (zero fill), consistency up to 4 (circular)."""
    network = store.load(run, run.epochs[-1])
    labels = test.labels.numpy()

    def answers(dx: int, dy: int, fill: str) -> np.ndarray:
        return models.logits_of(network.model, shifted(test.images, dx, dy, fill)).argmax(1).numpy()

    still = answers(0, 0, ZERO)
    errors = [(answers(FURTHEST * x, FURTHEST * y, ZERO) != labels).mean() for x, y in DIRECTIONS]
    same = [(answers(d * x, d * y, CIRCULAR) == still).mean() for d in range(1, FURTHEST + 1) for x, y in DIRECTIONS]
    return {
        "run": run.name,
        "seed": run.config.seed,
        "accuracy": float((still == labels).mean()),
        "error": float(np.mean(errors)),
        "consistency": float(np.mean(same)),
        "worst_consistency": float(min(same)),
        "map_seconds": map_seconds(network, test),
    }


def map_seconds(network: store.Checkpoint, test: Dataset) -> float:
    """Median time of the map of one digit's 841 offsets, as the page makes it."""
    times = []
    for number in range(MAP_RUNS):
        started = time.perf_counter()
        with all_but_one():
            probability_map(network.model, test.images[number].numpy(), int(test.labels[number]), MAP_REACH)
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def summary(found: list[dict[str, Any]]) -> dict[str, float]:
    """Means over the seeds; of worst_consistency the lowest, of map_seconds the longest."""
    means = {key: statistics.mean(each[key] for each in found) for key in ("accuracy", "error", "consistency")}
    return {
        **means,
        "worst_consistency": min(each["worst_consistency"] for each in found),
        "map_seconds": max(each["map_seconds"] for each in found),
    }


def main() -> None:
    """Train, measure and print the table."""
    parser = argparse.ArgumentParser(description="What shifts do to each network, and what repairs it.")
    parser.add_argument("--recipes", default=RECIPES, help="separated by commas")
    parser.add_argument("--seeds", default="0,1,2", help="separated by commas")
    parser.add_argument("--runs", type=Path, help="folder in which trained runs are kept")
    options = parser.parse_args()
    test = datasets.load("mnist")[1]
    with tempfile.TemporaryDirectory() as folder:
        results = {}
        for name in options.recipes.split(","):
            runs = [trained(name, int(seed), options.runs or Path(folder)) for seed in options.seeds.split(",")]
            results[name] = [measured(run, test) for run in runs]
    rows = {name: summary(found) for name, found in results.items()}
    print("recipe            unmoved  error at 4 px (each seed)  same answer when circular, lowest  841 offsets")
    for name, row in rows.items():
        each = ", ".join(f"{found['error']:.2%}" for found in results[name])
        print(
            f"{name:16s}  {row['accuracy']:.2%}   {row['error']:.2%} ({each})   {row['consistency']:.2%}   "
            f"{row['worst_consistency']:.2%}   {row['map_seconds']:.2f} s"
        )
    if PLAIN in rows and REPAIR in rows:
        plain, repair = rows[PLAIN], rows[REPAIR]
        print(
            f"\n{REPAIR} cuts the error at 4 px {plain['error'] / repair['error']:.0f}-fold and changes the accuracy "
            f"on unmoved images by {100 * (repair['accuracy'] - plain['accuracy']):+.2f} points."
        )
    print(describe_machine())
    print(json.dumps({"machine": describe_machine(), "means": rows, "seeds": results}))


if __name__ == "__main__":
    main()
