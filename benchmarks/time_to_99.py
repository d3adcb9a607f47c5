"""How long until 99 % of the test images are read right: the recipe made for it against the article's own loop.

Claim: cnnlab's recipe first reaches 99.0 % in at most a sixth of the article loop's time on two CPU cores (on one H200
in 1/75 and at most 0.5 s after warm-up).

    python -m benchmarks.time_to_99 [--pairs 5] [--device auto|cpu|cuda]

Both sides are tested after every 6,400 training images; only training is on the clock, testing is not. A pair is one
training of each side with the pair's seed, one after the other, the article's loop in a process of its own
(benchmarks.support.other_process). The figure is the median of the pairs' ratios. cnnlab's recipe is then trained to
its end, off the clock: the mean of the pairs says whether 99 % was luck. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import statistics
from functools import partial

from benchmarks.support.article_loop import ArticleLoop
from benchmarks.support.contest import Cnnlab
from benchmarks.support.machine import describe_machine
from benchmarks.support.other_process import OtherProcess
from cnnlab.training.devices import describe, resolve
from cnnlab.training.recipes import recipe

GOAL, EVERY = 0.99, 6_400
MOST = 60_000 * 20  # images after which a side has failed
RECIPES = {"cpu": "fast-99-cpu", "mps": "fast-99-cpu", "cuda": "fast-99-gpu"}
WARM_UP = 64 * 20


def reach(side: Cnnlab | OtherProcess) -> tuple[float, float, float]:
    """(seconds of training, accuracy, training images) when the goal is first reached."""
    seconds, seen = 0.0, 0
    while seen < MOST and not side.done:
        seconds += side.train(EVERY)
        seen += EVERY
        accuracy = side.accuracy()
        if accuracy >= GOAL:
            return seconds, accuracy, seen
    return float("inf"), accuracy, seen


def main() -> None:
    """Measure and print the table."""
    parser = argparse.ArgumentParser(description="Seconds to 99 %, cnnlab against the article's loop.")
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--device", default="auto")
    options = parser.parse_args()
    device = resolve(options.device)
    config = recipe(RECIPES[device.type]).config
    print(f"{describe_machine()}; {describe(device)}; recipe {config.recipe}")
    theirs = OtherProcess(partial(ArticleLoop, 0, device))
    for name, side in (("cnnlab", Cnnlab(config, device)), ("article loop", theirs)):
        print(f"warm-up of {WARM_UP:,} images, {name}: {side.train(WARM_UP):.2f} s")
    pairs, ends = [], []
    for seed in range(options.pairs):
        ours = Cnnlab(config.replace(seed=seed), device)
        theirs.become(partial(ArticleLoop, seed, device))
        pairs.append([reach(side) for side in (ours, theirs)])
        ours.train(MOST)
        ends.append(ours.accuracy())
        (fast, at, _), (slow, reached, seen) = pairs[-1]
        print(
            f"seed {seed}: {fast:7.2f} s ({at:.2%}, {ends[-1]:.2%} at the end)   "
            f"{slow:7.2f} s ({reached:.2%}, {seen / 60_000:.1f} epochs)   ratio {slow / fast:.1f}"
        )
    theirs.close()
    ratio = statistics.median(slow[0] / fast[0] for fast, slow in pairs)
    seconds = [statistics.median(pair[side][0] for pair in pairs) for side in (0, 1)]
    print(
        f"median: {seconds[0]:.2f} s against {seconds[1]:.2f} s, ratio {ratio:.1f}; "
        f"cnnlab at the end {statistics.mean(ends):.2%}"
    )
    print(
        json.dumps(
            {
                "machine": describe_machine(),
                "device": describe(device),
                "recipe": config.recipe,
                "ratio": round(ratio, 2),
                "seconds": [round(each, 3) for each in seconds],
                "accuracies": [[each[1] for each in pair] for pair in pairs],
                "at_the_end": ends,
            }
        )
    )


if __name__ == "__main__":
    main()
