"""How fast an epoch is: A0 trained by cnnlab and by the article's own loop.

Claim: the same network with the same settings on the same 60,000 images, at least 1.6 times as many images a second on
two CPU cores, 40 times as many on one H200, the test accuracy after three epochs within 0.1 points.

    python -m benchmarks.epoch [--epochs 5] [--device auto|cpu|cuda] [--seed 0] [--mixed-precision]

Epochs of both sides alternate, the article's loop in a process of its own (benchmarks.support.other_process) and asleep
while cnnlab trains; the figure is the median of the ratios of neighbouring epochs. The first steps of both sides warm
up and are reported apart. --mixed-precision lets cnnlab, and only cnnlab, compute in bfloat16. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
from functools import partial

from benchmarks.support.article_loop import ArticleLoop
from benchmarks.support.contest import Cnnlab
from benchmarks.support.machine import describe_machine
from benchmarks.support.other_process import OtherProcess
from cnnlab.training.devices import describe, resolve
from cnnlab.training.recipes import recipe

IMAGES, COMPARED_AFTER = 60_000, 3
WARM_UP = 64 * 20  # images


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Images a second, cnnlab against the article's loop.")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--mixed-precision", action="store_true")
    options = parser.parse_args()
    device = resolve(options.device)
    config = recipe("a0-simple-cnn").config.replace(
        split="none", seed=options.seed, epochs=1_000, mixed_precision=options.mixed_precision
    )
    print(f"{describe_machine()}; {describe(device)}{'; bfloat16' * options.mixed_precision}")
    ours, theirs = Cnnlab(config, device), OtherProcess(partial(ArticleLoop, options.seed, device))
    warm_ours, warm_theirs = ours.train(WARM_UP), theirs.train(WARM_UP)
    print(f"warm-up of {WARM_UP:,} images: cnnlab {warm_ours:.2f} s, article loop {warm_theirs:.2f} s")
    rows: list[tuple[float, float]] = []
    accuracies: tuple[float | None, float | None] = (None, None)
    for number in range(1, options.epochs + 1):
        rows.append((IMAGES / ours.train(IMAGES), IMAGES / theirs.train(IMAGES)))
        print(f"epoch {number}: {rows[-1][0]:9,.0f}   {rows[-1][1]:9,.0f} images/s   ratio {_ratio(rows[-1]):.2f}")
        if number == COMPARED_AFTER:
            accuracies = reached = ours.accuracy(), theirs.accuracy()
            print(f"test accuracy after {number} epochs: {reached[0]:.2%}   {reached[1]:.2%}")
    theirs.close()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    ratio = statistics.median(map(_ratio, rows))
    print(f"median ratio {ratio:.2f} over {len(rows)} epochs; cnnlab's process took {memory:,} MB at most")
    print(
        json.dumps(
            {
                "machine": describe_machine(),
                "device": describe(device, ours.trainer.engine_note),
                "ratio": round(ratio, 3),
                "images_per_second": [round(statistics.median(side)) for side in zip(*rows, strict=True)],
                "accuracy_after_3": accuracies,
                "warm_up_seconds": [round(warm_ours, 3), round(warm_theirs, 3)],
                "peak_memory_mb": memory,
                "mixed_precision": options.mixed_precision,
            }
        )
    )


def _ratio(row: tuple[float, float]) -> float:
    return row[0] / row[1]


if __name__ == "__main__":
    main()
