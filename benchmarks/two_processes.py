"""Two processes that share every batch, against one.

Claim: started by torchrun with two processes on a CPU, the first loss of a recipe differs from that of one process by
rounding alone, a part in a hundred thousand at most, whatever is augmented, dropped out, averaged or normalised; later
ones differ no more than those of one process with one thread and with two do, but for a factor of ten.

    python -m benchmarks.two_processes [--recipes a0-simple-cnn …] [--steps 50]

A sum over a batch becomes the sum of two sums, and a network makes much of a last bit over many steps. Each of the two
processes computes with one thread. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

import torch

from benchmarks.support.machine import describe_machine
from cnnlab.data import datasets
from cnnlab.data.splits import split
from cnnlab.training.ranks import Ranks, launched
from cnnlab.training.recipes import recipe
from cnnlab.training.trainer import Trainer

ROOT = Path(__file__).parents[1]
RECIPES = ("a0-simple-cnn", "a1-batch-norm", "fast-99-cpu", "shift-augmented", "draw", "best-accuracy")
TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")
WARM_UP = 5  # steps that are not clocked


def main() -> None:
    """Measure and print the figures."""
    parser = argparse.ArgumentParser(description="Two processes against one.")
    parser.add_argument("--recipes", nargs="+", default=RECIPES)
    parser.add_argument("--steps", type=int, default=50)
    parser.add_argument("--train-only", action="store_true", help="what each process of a measurement does")
    parser.add_argument("--threads", type=int, default=1, help="that each of them computes with")
    options = parser.parse_args()
    if options.train_only:
        train(options.recipes, options.steps, options.threads)
        return
    alone = started((), 1, options.recipes, options.steps)
    threads = started((), 2, options.recipes, options.steps)
    together = started(TORCHRUN, 1, options.recipes, options.steps)
    rows = []
    for name in options.recipes:
        losses, rate = alone[name]
        shared, thread = (apart(found[name][0], losses) for found in (together, threads))
        rates = {"one": rate, "one with two threads": threads[name][1], "two": together[name][1]}
        rows.append(
            {
                "recipe": name,
                "first": shared[0],
                "largest": max(shared),
                "largest_with_two_threads": max(thread),
                "images_per_second": {way: round(each) for way, each in rates.items()},
            }
        )
        print(
            f"{name:16} first loss apart by {shared[0]:.1e}, any by at most {max(shared):.1e} (two threads: "
            f"{max(thread):.1e}); images/s: " + ", ".join(f"{way} {each:,.0f}" for way, each in rates.items())
        )
    print(json.dumps({"machine": describe_machine(), "steps": options.steps, "rows": rows}))


def apart(ours: list[float], theirs: list[float]) -> list[float]:
    """How far each of ours is from theirs, as a fraction of that."""
    return [abs(one - other) / abs(other) for one, other in zip(ours, theirs, strict=True)]


def started(way: tuple[str, ...], threads: int, recipes: list[str], steps: int) -> dict:
    """{recipe: (losses, images a second)} as processes measure it that are started in this way."""
    module = [
        "-m",
        "benchmarks.two_processes",
        "--train-only",
        "--threads",
        str(threads),
        "--steps",
        str(steps),
        "--recipes",
        *recipes,
    ]
    done = subprocess.run(
        [sys.executable, *way, *module],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def train(recipes: list[str], steps: int, threads: int) -> None:
    """Train each recipe for so many steps; rank 0 prints the losses and the images a second."""
    torch.set_num_threads(threads)
    ranks = launched()
    with ranks.together():
        found = {name: _trained(name, steps, ranks) for name in recipes}
    if ranks.leads:
        print(json.dumps(found))


def _trained(name: str, steps: int, ranks: Ranks) -> tuple[list[float], float]:
    config = recipe(name).config.replace(device="cpu", seed=0)
    trainer = Trainer(config, split(config.split, *datasets.load(config.dataset)), torch.device("cpu"), ranks=ranks)
    images, begun = 0, 0.0
    for step in range(steps):
        if step == WARM_UP:
            begun, images = time.perf_counter(), 0
        images += trainer.step()
    return trainer.read_steps(force=True).losses, images / (time.perf_counter() - begun)


if __name__ == "__main__":
    main()
