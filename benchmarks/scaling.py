"""How training time grows with the images, the batch size and the parameters.

    python -m benchmarks.scaling [--runs 5] [--device auto|cpu|cuda]

Claim: an epoch's time grows in proportion to its images (no cost that grows faster), a step's with the batch size plus
a constant, and with the parameters at most in proportion. A0's network; medians; the exponent is the slope of the line
through the logarithms (1: proportional). The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Sequence
from functools import partial

import numpy as np

from benchmarks.support.contest import Cnnlab, clocked
from benchmarks.support.machine import describe_machine
from cnnlab import models
from cnnlab.data import datasets
from cnnlab.data.splits import Split
from cnnlab.training.devices import describe, resolve
from cnnlab.training.recipes import recipe
from cnnlab.training.trainer import Trainer

IMAGES = (2_000, 4_000, 8_000, 16_000)
BATCHES = (16, 64, 256, 1_024)
WIDTHS = ((8, 16), (16, 32), (32, 64))
STEPS = 10
BASE = recipe("a0-simple-cnn").config.replace(split="none", epochs=1_000)


def main() -> None:
    """Measure and print the three tables."""
    parser = argparse.ArgumentParser(description="Training time against images, batch size and parameters.")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    device, runs = resolve(options.device), options.runs
    train, test = datasets.load("mnist")
    print(f"{describe_machine()}; {describe(device)}")

    def epoch(images: int) -> Cnnlab:
        side = Cnnlab(BASE, device)
        side.trainer = Trainer(BASE, Split(train.part(0, images), None, test), device)
        return side

    sizes = {}
    for wide in WIDTHS:
        network = models.build("simple-cnn", options={"channels": list(wide)})
        sizes[models.parameter_count(network)] = BASE.replace(options={"channels": list(wide)})
    tables = {
        "images": interleaved({n: (epoch(n), -(-n // BASE.batch_size)) for n in IMAGES}, runs),
        "batch size": interleaved({n: (Cnnlab(BASE.replace(batch_size=n), device), STEPS) for n in BATCHES}, runs),
        "parameters": interleaved({n: (Cnnlab(config, device), STEPS) for n, config in sizes.items()}, runs),
    }
    exponents = {}
    for name, seconds in tables.items():
        exponents[name] = exponent(list(seconds), list(seconds.values()))
        what = "an epoch" if name == "images" else f"{STEPS} steps"
        print(f"\n{name:>12s}  {what}")
        for size, taken in seconds.items():
            print(f"{size:12,d}  {1000 * taken:9.1f} ms   {1e6 * taken / size:8.2f} µs each")
        print(f"time grows with the power {exponents[name]:.2f}")
    print(json.dumps({"machine": describe_machine(), "exponents": exponents, "seconds": tables}))


def interleaved(sides: dict[int, tuple[Cnnlab, int]], runs: int) -> dict[int, float]:
    """Median seconds of so many steps of each side, the sides taking turns; the first turn warms up."""
    times: dict[int, list[float]] = {size: [] for size in sides}
    for turn in range(runs + 1):
        for size, (side, steps) in sides.items():
            taken = clocked(side.device, partial(_steps, side, steps))
            if turn:
                times[size].append(taken)
    return {size: statistics.median(each) for size, each in times.items()}


def _steps(side: Cnnlab, count: int) -> None:
    for _ in range(count):
        side.step()


def exponent(sizes: Sequence[float], seconds: Sequence[float]) -> float:
    """The power with which the time grows: the slope of the logarithms, by least squares."""
    return round(float(np.polyfit(np.log(sizes), np.log(seconds), 1)[0]), 3)


if __name__ == "__main__":
    main()
